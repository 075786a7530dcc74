/** A value of a JSON text with its place in it. */
export type JsonNode = { start: number; end: number } & (
  | { type: "object"; members: Member[] }
  | { type: "array"; items: JsonNode[] }
  | { type: "string" }
  | { type: "other" }
);

/** `start` is where the name begins; it ends where its value does. */
export type Member = { name: string; start: number; value: JsonNode };

export type ReadTree = { type: "tree"; root: JsonNode } | { type: "unclear"; why: string };

/** Far more than any protocol needs, and far less than what a stack bears. */
const deepest = 200;

type Open = {
  node: Extract<JsonNode, { type: "object" | "array" }>;
  name: { text: string; start: number } | null;
};

/**
 * Where everything is in a text that JSON.parse has taken, so that a part can be cut out and the rest stays byte for
 * byte. A name that stands twice in an object is `unclear`: one reader takes the first, the next one the last.
 */
export function readTree(text: string): ReadTree {
  const open: Open[] = [];
  const names = new WeakMap<Open, Set<string>>();
  const roots: JsonNode[] = [];
  const place = (node: JsonNode): void => {
    const around = open.at(-1);
    if (around === undefined) roots.push(node);
    else if (around.node.type === "array") around.node.items.push(node);
    else if (around.name !== null) {
      const { text: name, start } = around.name;
      around.node.members.push({ name, start, value: node });
      around.name = null;
    }
  };
  for (let at = 0; at < text.length;) {
    const char = text[at] ?? "";
    if (char === "{" || char === "[") {
      const start = at;
      const node: Open["node"] =
        char === "{"
          ? { type: "object", members: [], start, end: at }
          : { type: "array", items: [], start, end: at };
      place(node);
      open.push({ node, name: null });
      if (open.length > deepest) return { type: "unclear", why: "it is nested too deeply" };
      at += 1;
    } else if (char === "}" || char === "]") {
      at += 1;
      const closed = open.pop();
      if (closed) closed.node.end = at;
    } else if (char === '"') {
      const start = at;
      at = endOfString(text, at);
      const around = open.at(-1);
      if (around?.node.type !== "object" || around.name !== null) {
        place({ type: "string", start, end: at });
        continue;
      }
      const name = JSON.parse(text.slice(start, at)) as string;
      const seen = names.get(around) ?? new Set();
      if (seen.has(name))
        return { type: "unclear", why: `it has "${name.slice(0, 60)}" twice in one object` };
      names.set(around, seen.add(name));
      around.name = { text: name, start };
    } else if (between.test(char)) {
      at += 1;
    } else {
      const start = at;
      while (at < text.length && !after.test(text[at] ?? "")) at += 1;
      place({ type: "other", start, end: at });
    }
  }
  const [root] = roots;
  return root === undefined ? { type: "unclear", why: "it is empty" } : { type: "tree", root };
}

const between = /[\s,:]/;
const after = /[\s,\]}]/;

function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); ; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === "\\") slashes += 1;
    if (slashes % 2 === 0) return at + 1;
  }
}
