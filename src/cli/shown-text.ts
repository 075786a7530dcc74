import { plainText } from "../core/plain-text.ts";

const esc = String.fromCharCode(0x1b);

/** Colours, and how the live view moves and clears: all that agentx itself ever tells a terminal. */
const drawing = new RegExp(`${esc}\\[(?:[0-9;]*[A-HJKm]|\\?(?:25|2026)[hl])`, "g");

/**
 * What may go to a terminal: agentx's own drawing, and words. The views clean what they are given; this is for the one that
 * forgets to.
 */
export function shownText(text: string): string {
  let shown = "";
  let at = 0;
  for (const { index, 0: sequence } of text.matchAll(drawing)) {
    shown += plainText(text.slice(at, index)) + sequence;
    at = index + sequence.length;
  }
  return shown + plainText(text.slice(at));
}
