import { AgentxError } from "../core/error.ts";

/** A JSON value that remembers where it stands: `start` to `end` are offsets in the text. */
export type JsonNode = { start: number; end: number } & (
  | { type: "object"; members: Map<string, JsonNode> }
  | { type: "array"; items: JsonNode[] }
  | { type: "scalar"; value: string | number | boolean | null }
);

/** Deeper than any plan, and far from the end of the engine's stack. */
const maxDepth = 100;

/**
 * JSON with places, which `JSON.parse` does not give. Of two members with one name the last counts.
 *
 * @throws AgentxError `PLAN_INVALID` at file:line:column.
 */
export function parseJson({ text, file }: { text: string; file: string }): JsonNode {
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  const fail = (what: string, place = at): never => {
    const before = text.slice(0, place).split(/\r\n?|\n/);
    const where = `${file}:${before.length}:${(before.at(-1) ?? "").replace("\uFEFF", "").length + 1}`;
    throw new AgentxError("PLAN_INVALID", { where, what, hint: "Correct the JSON there." });
  };
  const seen = (): string =>
    at >= text.length ? "the end of the file" : `"${String.fromCodePoint(text.codePointAt(at) ?? 0)}"`;
  const skipSpace = (): void => {
    while (at < text.length && " \t\r\n".includes(text[at] ?? "")) at++;
  };
  const expect = (char: string, meaning: string): void => {
    skipSpace();
    if (text[at] !== char) fail(`expected ${meaning}, found ${seen()}`);
    at++;
  };
  /** Steps over a comma, or over the end of the list; a comma before the end is a mistake. */
  const goesOn = (close: string, isFirst: boolean): boolean => {
    skipSpace();
    if (text[at] === close) {
      at++;
      return false;
    }
    if (isFirst) return true;
    if (text[at] !== ",") fail(`expected "," or "${close}", found ${seen()}`);
    const comma = at++;
    skipSpace();
    if (text[at] === close) fail(`nothing follows this ","`, comma);
    return true;
  };
  const readText = (): string => {
    const token =
      stringToken(text, at) ?? fail("this string has no end, or holds a line end or a wrong escape");
    at += token.length;
    return String(JSON.parse(token));
  };
  const readValue = (depth: number): JsonNode => {
    skipSpace();
    const start = at;
    if (depth > maxDepth) fail(`more than ${maxDepth} levels deep`);
    if (text[at] === "{") {
      at++;
      const members = new Map<string, JsonNode>();
      while (goesOn("}", members.size === 0)) {
        if (text[at] !== '"') fail(`expected a name in double quotes, found ${seen()}`);
        const name = readText();
        expect(":", `":" after "${name}"`);
        members.set(name, readValue(depth + 1));
      }
      return { type: "object", members, start, end: at };
    }
    if (text[at] === "[") {
      at++;
      const items: JsonNode[] = [];
      while (goesOn("]", items.length === 0)) items.push(readValue(depth + 1));
      return { type: "array", items, start, end: at };
    }
    if (text[at] === '"') return { type: "scalar", value: readText(), start, end: at };
    const word = wordAt(text, at) ?? fail(`expected a value, found ${seen()}`);
    at += word.length;
    return { type: "scalar", value: JSON.parse(word), start, end: at };
  };
  const root = readValue(0);
  skipSpace();
  if (at < text.length) fail(`expected the end of the file, found ${seen()}`);
  return root;
}

function stringToken(text: string, at: number): string | null {
  // A loop of its own: a regular expression's stack ends at some megabytes of text.
  for (let end = at + 1; end < text.length; end++) {
    const char = text[end] ?? "";
    if (char === '"') return text.slice(at, end + 1);
    if (char < " ") return null;
    if (char !== "\\") continue;
    const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
    escape.lastIndex = end;
    if (!escape.test(text)) return null;
    end = escape.lastIndex - 1;
  }
  return null;
}

function wordAt(text: string, at: number): string | null {
  const word = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/y;
  word.lastIndex = at;
  return word.exec(text)?.[0] ?? null;
}

/** The plain value, as `JSON.parse` gives it. */
export function valueOf(node: JsonNode): unknown {
  if (node.type === "scalar") return node.value;
  if (node.type === "array") return node.items.map(valueOf);
  return Object.fromEntries([...node.members].map(([name, member]) => [name, valueOf(member)]));
}

/** The node at a path of names and indexes, or the deepest one on the way. */
export function nodeAt(root: JsonNode, path: readonly PropertyKey[]): JsonNode {
  let node = root;
  for (const step of path) {
    const next =
      node.type === "object"
        ? node.members.get(String(step))
        : node.type === "array"
          ? node.items[Number(step)]
          : undefined;
    if (next === undefined) return node;
    node = next;
  }
  return node;
}
