import type { Reporter, Write } from "./reporter.ts";

/** Outside a JSON string these never occur, so escaping them changes no meaning and leaves no byte that a terminal obeys. */
const unsafeInTerminal = /\p{Cc}|\p{Bidi_Control}|[\u2028\u2029]|[\u{e0000}-\u{e007f}]/gu;

/** One JSON object a line: every event exactly as it was journaled, and every activity. */
export function createJsonReporter({ write }: { write: Write }): Reporter {
  const print = (value: unknown): void => write(`${renderJson(value)}\n`);
  return { onEvent: print, onActivity: print, close() {} };
}

/** A value on one line, safe to show on a terminal as it is. */
export function renderJson(value: unknown): string {
  return JSON.stringify(value).replace(unsafeInTerminal, escape);
}

function escape(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
