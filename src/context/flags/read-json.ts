import { readSource } from "./source-text.ts";

export type Json = Readonly<Record<string, unknown>>;

/** An object out of JSON with comments and trailing commas; null where the text is none. */
export function readJson(text: string | null): Json | null {
  if (text === null) return null;
  const { comments } = readSource("a.jsonc", text);
  const bare = text
    .split("\n")
    .map((line, row) =>
      line
        .split("")
        .map((character, at) => (((comments[row] ?? "")[at] ?? " ") === " " ? character : " "))
        .join(""),
    )
    .join("\n");
  const value = parse(bare) ?? parse(bare.replace(/,(\s*[}\]])/g, "$1"));
  return isObject(value) ? value : null;
}

/** Another shape than expected is as good as nothing here. */
export function objectIn(json: Json | null, key: string): Json {
  const value = json?.[key];
  return isObject(value) ? value : {};
}

export function listIn(json: Json | null, key: string): string[] {
  const value = json?.[key];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** 1-based line of a key in the text, or 0. */
export function lineOfKey(text: string | null, key: string): number {
  const lines = (text ?? "").split("\n");
  return lines.findIndex((line) => line.includes(`"${key}"`)) + 1;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the caller has nothing to compare, and the file is shown as a whole.
    return undefined;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
