import { headingOf } from "./lines.ts";

/** What a task of a plan.md may say about itself, in the order in which it is printed. */
export const planKeys = ["role", "needs", "touches", "model", "agent", "estimate", "accept"] as const;
export type PlanKey = (typeof planKeys)[number];

export function isPlanKey(word: string): word is PlanKey {
  return planKeys.some((key) => key === word);
}

/** `- [ ] Title` at the margin; one space before it is forgiven. */
export function taskLineOf(text: string): { done: boolean; title: string; id: string | null } | null {
  const match = /^ ?[-*+][ \t]+\[([ xX])\](?:[ \t]+(.*))?$/s.exec(text);
  if (match === null) return null;
  const words = (match[2] ?? "").trim();
  const id = /(?:^|\s)`#([^`]*)`$/.exec(words);
  const title = id === null ? words : words.slice(0, id.index).trim();
  return { done: match[1] !== " ", title, id: id?.[1] ?? null };
}

/** Belongs to the task above it: two spaces or a tab in front. */
export function isIndented(text: string): boolean {
  return /^(?: {2}| ?\t)/.test(text);
}

/** `  - word: value`. The word may be one that no key has: that is a mistake, not prose. */
export function keyLineOf(text: string): { indent: number; word: string; value: string } | null {
  const match = /^([ \t]+)[-*+][ \t]+([A-Za-z]+):(?![/:])(.*)$/s.exec(text);
  if (match === null) return null;
  const [, indent = "", word = "", value = ""] = match;
  return { indent: indent.length, word: word.toLowerCase(), value: value.trim() };
}

export function isTasksHeading(line: { text: string; fence: number | null }): boolean {
  const heading = headingOf(line);
  return heading?.level === 2 && heading.text.toLowerCase() === "tasks";
}

/** Prose that would read as the heading of the tasks carries a backslash, which Markdown does not show. */
export function escapeProse(text: string): string {
  return isTasksHeading({ text: text.replace(/^\\+/, ""), fence: null }) ? `\\${text}` : text;
}

export function unescapeProse(text: string): string {
  return text.startsWith("\\") && isTasksHeading({ text: text.replace(/^\\+/, ""), fence: null })
    ? text.slice(1)
    : text;
}

/** A body whose first line would read as a key carries a backslash before its bullet. */
export function escapeBody(text: string): string {
  return isKeyAfterBackslashes(text) ? text.replace(/[-*+\\]/, "\\$&") : text;
}

export function unescapeBody(text: string): string {
  return /^\s*\\/.test(text) && isKeyAfterBackslashes(text) ? text.replace("\\", "") : text;
}

function isKeyAfterBackslashes(text: string): boolean {
  return keyLineOf(` ${text.replace(/^(\s*)\\+/, "$1")}`) !== null;
}
