/** A line without its end; `at` is the offset of its first character in the text. */
export type Line = { text: string; at: number };

/**
 * The lines of a text with any of the three line ends. A byte order mark at a line's start is not part of it: there
 * is one further down where files were joined.
 */
export function toLines(text: string): Line[] {
  const lines: Line[] = [];
  let at = afterMarks(text, 0);
  for (const end of text.matchAll(/\r\n?|\n/g)) {
    lines.push({ text: text.slice(at, end.index), at });
    at = afterMarks(text, end.index + end[0].length);
  }
  lines.push({ text: text.slice(at), at });
  return lines;
}

function afterMarks(text: string, start: number): number {
  let at = start;
  while (text[at] === "\uFEFF") at += 1;
  return at;
}

/**
 * A line of Markdown. `fence` is the index of the line that opens the code block it is in, or null: a
 * `## Tasks` in an example is no heading.
 */
export type MarkdownLine = Line & { fence: number | null };

/** `unclosed` is the index of the line whose fence never ends, or null; the lines after it count as text. */
export function markFences(lines: readonly Line[]): { lines: MarkdownLine[]; unclosed: number | null } {
  const marked: MarkdownLine[] = lines.map((line) => ({ ...line, fence: null }));
  let open: { fence: string; index: number } | null = null;
  for (const [index, { text }] of lines.entries()) {
    if (open === null) {
      const fence = openingFence(text);
      if (fence !== null) open = { fence, index };
    } else if (closes(text, open.fence)) {
      for (let fenced = open.index; fenced <= index; fenced++) {
        const line = marked[fenced];
        if (line !== undefined) line.fence = open.index;
      }
      open = null;
    }
  }
  return { lines: marked, unclosed: open?.index ?? null };
}

/** Any indentation counts, so that indenting a text never changes where its fences are. */
export function openingFence(text: string): string | null {
  const match = /^(?:[\s>]|[-*+]\s|\d{1,9}[.)]\s)*(?:(`{3,})[^`]*|(~{3,}).*)$/s.exec(text);
  return match?.[1] ?? match?.[2] ?? null;
}

function closes(text: string, fence: string): boolean {
  const mark = text.replace(/^[\s>]+/, "").trimEnd();
  return mark.length >= fence.length && mark === (fence[0] ?? "").repeat(mark.length);
}

export type Heading = { level: number; text: string };

/** `## Tasks ##` is level 2, "Tasks"; null for any other line. */
export function headingOf({ text, fence }: Pick<MarkdownLine, "text" | "fence">): Heading | null {
  const match = fence !== null ? null : /^(#{1,6})(?:[ \t]+(.*))?$/s.exec(text);
  if (match === null) return null;
  return { level: (match[1] ?? "").length, text: trimHashes((match[2] ?? "").trim()) };
}

/** A loop, because `#+$` is quadratic on a long line of hashes that ends otherwise. */
function trimHashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === "#") end--;
  const bare = text.slice(0, end);
  return bare === "" || /\s$/.test(bare) ? bare.trim() : text;
}

/** Removes the blank lines at both ends, and nothing else. */
export function trimBlankLines(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => line.trim() !== "");
  return first === -1 ? [] : lines.slice(first, lines.findLastIndex((line) => line.trim() !== "") + 1);
}

/** Removes blank lines at both ends, empties blank ones, and takes away the indentation all others share. */
export function dedent(lines: readonly string[]): string {
  const kept = trimBlankLines(lines).map((line) => (line.trim() === "" ? "" : line));
  const first = kept[0] ?? "";
  let shared = /^[ \t]*/.exec(first)?.[0].length ?? 0;
  for (const line of kept) if (line !== "") shared = commonStart(line, first, shared);
  return kept.map((line) => line.slice(shared)).join("\n");
}

/** How many characters two lines have in common at their start, counted up to `most`. */
function commonStart(one: string, other: string, most: number): number {
  let length = 0;
  while (length < most && one[length] === other[length]) length += 1;
  return length;
}

/** The name of a file without its folder and its last extension: what a plan without a title is called. */
export function stemOf(file: string): string {
  const name = file.split(/[/\\]/).at(-1) ?? "";
  return name.replace(/(?<=.)\.[^.]*$/, "").trim() || "plan";
}
