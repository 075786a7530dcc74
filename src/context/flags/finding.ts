import type { Flag } from "../../core/flag.ts";
import type { Line } from "./changed-file.ts";

/** A flag before it has its id. `about` is what else makes the change this one; empty where the quote says it all. */
export type Found = Omit<Flag, "id"> & { about?: string };

const longestQuote = 160;

export function quoteOf(text: string): string {
  const line = text.trim().replace(/\s+/g, " ");
  return line.length > longestQuote ? `${line.slice(0, longestQuote)}…` : line;
}

/** What is wrong with one line of a file. */
export function foundAt(
  { number, text }: Pick<Line, "number" | "text">,
  rest: Pick<Flag, "kind" | "file" | "why">,
): Found {
  return { ...rest, line: number, quote: quoteOf(text) };
}
