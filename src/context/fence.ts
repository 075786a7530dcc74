import { visibleText } from "../core/plain-text.ts";

/**
 * Text from outside, between two lines that nothing in it can be mistaken for: the fence is longer than any run of
 * backticks inside, and characters that nobody sees are spelled out. `label` says what it is and where it comes from, on
 * one line whatever names are in it; `language` is empty or a markdown name.
 */
export function fence(text: string, { label, language = "" }: { label: string; language?: string }): string {
  let longest = 3;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  const line = "`".repeat(longest + 1);
  const shown = visibleText(text);
  const body = shown === "" || shown.endsWith("\n") ? shown : `${shown}\n`;
  return `${visibleText(label).replace(/\s+/g, " ")}\n${line}${language}\n${body}${line}`;
}
