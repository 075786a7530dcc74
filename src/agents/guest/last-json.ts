/** Text that is full of braces and holds no JSON must not take minutes. */
const maxTries = 2_000;
const maxCharacters = 10_000_000;

/** The last JSON object in a text, or null: in a fence, or bare with words around it. */
export function lastJson(text: string): Record<string, unknown> | null {
  for (const block of fencedBlocks(text).toReversed()) {
    const value = parseObject(block);
    if (value !== null) return value;
  }
  return lastBare(text);
}

/** Line by line: an expression that looks for the end of each fence is quadratic where fences do not end. */
function fencedBlocks(text: string): string[] {
  const blocks: string[] = [];
  let open: { mark: string; lines: string[] } | null = null;
  for (const line of text.split("\n")) {
    if (open !== null && line.trim() === open.mark) {
      blocks.push(open.lines.join("\n"));
      open = null;
    } else if (open !== null) open.lines.push(line);
    else {
      const mark = /^[ \t]*(`{3,}|~{3,})/.exec(line)?.[1];
      if (mark !== undefined) open = { mark, lines: [] };
    }
  }
  return blocks;
}

/** From the last closing brace backwards; the longest object that ends there, because a shorter one is a part of it. */
function lastBare(text: string): Record<string, unknown> | null {
  const starts = places(text, "{");
  let tries = 0;
  let characters = 0;
  for (const end of places(text, "}").toReversed()) {
    for (const start of starts) {
      if (start > end) break;
      tries += 1;
      characters += end - start;
      if (tries > maxTries || characters > maxCharacters) return null;
      const value = parseObject(text.slice(start, end + 1));
      if (value !== null) return value;
    }
  }
  return null;
}

function places(text: string, brace: string): number[] {
  return Array.from(text.matchAll(new RegExp(`\\${brace}`, "g")), ({ index }) => index);
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null; // most places where a brace stands begin no JSON
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
