import measure from "fast-string-truncated-width";
import { wrapAnsi } from "fast-wrap-ansi";
import { unpaint } from "./paint.ts";

// These two instead of string-width and wrap-ansi: those take 30 to 60 ms to load, more than a whole `agentx status` may.

const ellipsis = "…";

/** Terminal columns of a line, painted or not; wide characters take two. */
function columnsOf(line: string): number {
  return isPlain(line) ? line.length : measure(line).width;
}

/** Cuts a line, painted or not, to so many terminal columns; `…` says that something is missing. */
export function cut(line: string, width: number): string {
  if (width <= 0) return "";
  if (isPlain(line)) return line.length <= width ? line : line.slice(0, width - 1) + ellipsis;
  const { index, truncated } = measure(line, { limit: width, ellipsis });
  if (!truncated) return line;
  let kept = line.slice(0, index);
  // The index is too far by the width of what is neither Latin nor Chinese, Japanese, Korean or emoji before it.
  while (columnsOf(kept) >= width) kept = kept.slice(0, -1).replace(brokenEnd, "");
  return unpaint(kept.replace(brokenEnd, "") + ellipsis);
}

/** One column a character: true of nearly every line, and told far faster than measured. */
function isPlain(line: string): boolean {
  return !notPlain.test(line);
}

const notPlain = /[^\x20-\x7e]/;

/** Half of a rare ideograph or emoji, or the beginning of a colour code: what a cut may leave at the end. */
const brokenEnd = new RegExp(`(?:[\\ud800-\\udbff]|${String.fromCharCode(0x1b)}(?:\\[\\d*)?)$`);

/** Exactly so many columns: cut or filled on the right. */
export function fill(text: string, width: number): string {
  if (text.length <= width && isPlain(text)) return text.padEnd(width);
  const short = cut(text, width);
  return short + " ".repeat(Math.max(0, width - columnsOf(short)));
}

/** At least so many columns: filled on the right and never cut, for what is copied from the screen. */
export function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - columnsOf(text)));
}

/** Exactly so many columns: cut or filled on the left, for numbers. */
export function fillLeft(text: string, width: number): string {
  if (text.length <= width && isPlain(text)) return text.padStart(width);
  const short = cut(text, width);
  return " ".repeat(Math.max(0, width - columnsOf(short))) + short;
}

/** Breaks between words into lines of at most `width` columns; the last of `maxLines` ends in `…` when there was more. */
export function wrap(text: string, width: number, maxLines: number = Infinity): string[] {
  if (isPlain(text) && text.length <= width && text === text.trim()) return [text];
  const lines = wrapAnsi(text, Math.max(1, width), { hard: true }).split("\n");
  if (lines.length <= maxLines) return lines.map((line) => cut(line, width));
  const kept = lines.slice(0, maxLines);
  return kept.map((line, index) => cut(index === maxLines - 1 ? `${line} …` : line, width));
}

/** {@link wrap} for a line that begins with `head`: what follows hangs under its text, or near the margin where that leaves no room. */
export function wrapHanging(
  { head, text }: { head: string; text: string },
  { width, maxLines }: { width: number; maxLines: number },
): string[] {
  const indent = columnsOf(head);
  if (width - indent >= narrowestHang) {
    const lines = wrap(text, width - indent, maxLines);
    return lines.map((line, index) => (index === 0 ? head : " ".repeat(indent)) + line);
  }
  const margin = width > 20 ? "  " : "";
  const lines = wrap(head + text, width - margin.length, maxLines);
  return lines.map((line, index) => (index === 0 && head.trim() !== "" ? line : margin + line));
}

/** Fewer columns than these hold two words of a sentence at most. */
const narrowestHang = 28;

/** {@link wrap} for text with a shape of its own, such as code: every part of a line keeps the line's indentation. */
export function wrapIndented(line: string, width: number): string[] {
  const indent = (/^ */.exec(line)?.[0] ?? "").slice(0, Math.floor(width / 2));
  return wrap(line.trimStart(), width - indent.length).map((part) => indent + part);
}

/** Puts parts side by side with ` · ` between them, on as many lines as the width needs. */
export function flow(parts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const part of parts.filter((each) => each !== "")) {
    const last = lines.at(-1);
    const joined = last === undefined ? part : `${last} · ${part}`;
    if (last !== undefined && columnsOf(joined) <= width) lines[lines.length - 1] = joined;
    else lines.push(cut(part, width));
  }
  return lines;
}

/** Columns of the widest text, and no more than `most`. */
export function widest(texts: Iterable<string>, most: number = Infinity): number {
  let width = 0;
  let last = "";
  for (const text of texts) {
    // No character takes more than two columns, and a column of a table says the same again and again.
    if (text === last || text.length * 2 <= width) continue;
    width = Math.max(width, columnsOf(text));
    last = text;
  }
  return Math.min(width, most);
}
