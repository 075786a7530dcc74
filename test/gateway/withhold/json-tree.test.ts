import fc from "fast-check";
import { expect, it } from "vitest";
import { applyEdits, cutsIn } from "../../../src/gateway/withhold/cut-out.ts";
import { readTree, type JsonNode } from "../../../src/gateway/withhold/json-tree.ts";

/** JSON with spaces where it may have them, and characters written as escapes. */
const spaced = fc.tuple(fc.json({ maxDepth: 5 }), fc.constantFrom(0, 1, "\t", "  ")).map(([text, space]) => {
  const written = JSON.stringify(JSON.parse(text), null, space);
  return `\n ${written.replaceAll("o", String.raw`\u006f`)} `;
});

function valueOf(node: JsonNode, text: string): unknown {
  if (node.type === "array") return node.items.map((item) => valueOf(item, text));
  if (node.type !== "object") return JSON.parse(text.slice(node.start, node.end));
  return Object.fromEntries(node.members.map(({ name, value }) => [name, valueOf(value, text)]));
}

function rootOf(text: string): JsonNode {
  const read = readTree(text);
  if (read.type === "unclear") throw new Error(read.why);
  return read.root;
}

it("finds every value where it is", () => {
  fc.assert(
    fc.property(spaced, (text) => {
      const root = rootOf(text);
      expect(valueOf(root, text)).toEqual(JSON.parse(text));
      expect(JSON.parse(text.slice(root.start, root.end))).toEqual(JSON.parse(text));
    }),
  );
});

it("cuts any items and members out, and leaves JSON without just these", () => {
  const some = fc.array(fc.tuple(fc.json({ maxDepth: 2 }), fc.boolean()), { maxLength: 6 });
  fc.assert(
    fc.property(some, fc.boolean(), fc.constantFrom(0, 2), (parts, isList, space) => {
      const values = parts.map(([text]) => JSON.parse(text) as unknown);
      const pairs = values.map((value, index) => [`k${index}`, value] as const);
      const whole = isList ? values : Object.fromEntries(pairs);
      const text = JSON.stringify(whole, null, space);
      const gone = new Set(parts.flatMap(([, goes], index) => (goes ? [index] : [])));
      const cut = applyEdits(text, cutsIn(rootOf(text), gone));
      const left = isList
        ? values.filter((_, index) => !gone.has(index))
        : Object.fromEntries(pairs.filter((_, index) => !gone.has(index)));
      expect(JSON.parse(cut)).toEqual(left);
    }),
  );
});

it.each([
  ['{"a":1,"a":2}', '"a" twice'],
  [String.raw`{"tools":1,"too\u006cs":2}`, '"tools" twice'],
  ['{"x":[{"b":1,"c":2,"b":3}]}', '"b" twice'],
  [`${"[".repeat(201)}${"]".repeat(201)}`, "too deeply"],
])("does not take %s for clear", (text, why) => {
  expect(JSON.parse(text)).toBeDefined();
  expect(readTree(text)).toEqual({ type: "unclear", why: expect.stringContaining(why) as string });
});
