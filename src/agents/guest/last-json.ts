const fenced = /^[ \t]*(`{3,}|~{3,})[^\n]*\n([\s\S]*?)\n[ \t]*\1[ \t]*$/gm;
/** Text that is full of braces and holds no JSON must not take minutes. */
const maxTries = 2_000;

/** The last JSON object in a text, or null: in a fence, or bare with words around it. */
export function lastJson(text: string): Record<string, unknown> | null {
  const blocks = Array.from(text.matchAll(fenced), (match) => match[2] ?? "");
  for (const block of blocks.toReversed()) {
    const value = parseObject(block);
    if (value !== null) return value;
  }
  return lastBare(text);
}

/** From the last closing brace backwards; the longest object that ends there, because a shorter one is a part of it. */
function lastBare(text: string): Record<string, unknown> | null {
  let tries = 0;
  for (const end of places(text, "}").toReversed()) {
    for (const start of places(text.slice(0, end), "{")) {
      tries += 1;
      if (tries > maxTries) return null;
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
