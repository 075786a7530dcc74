import { plainLine } from "../core/plain-text.ts";

const special = /[\\`*_{}[\]<>#|~!&]/g;
const entities: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", "&": "&amp;" };
/** What makes a list, a heading or a rule when a line begins with it. */
const orderedStart = /^(\d+)([.)])/;
const otherStart = /^[-+=]/;

/** Text of a model, a file or a person as one line of markdown that says the same and does nothing: no markup and no HTML. */
export function mdText(text: string): string {
  return plainLine(text)
    .replace(special, (character) => entities[character] ?? `\\${character}`)
    .replace(orderedStart, "$1\\$2")
    .replace(otherStart, "\\$&");
}

/** A code span whose fence is longer than any run of backticks in it. */
export function mdCode(text: string): string {
  const line = plainLine(text);
  if (line === "") return "";
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const space = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${space}${line}${space}${fence}`;
}

/** Cells are markdown already; a bare `|` would end one even inside a code span. A table without rows is nothing. */
export function mdTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replace(barePipe, "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const barePipe = /(?<!\\)\|/g;

export function mdList(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}
