import type { JsonNode } from "./json-tree.ts";

/** A stretch of a text that something else takes the place of; `with` is empty for a cut. */
export type Edit = { start: number; end: number; with: string };

/** The cuts that take members or items out of their container, with their commas. @param gone by index */
export function cutsIn(container: JsonNode, gone: ReadonlySet<number>): Edit[] {
  const children = childrenOf(container);
  const cuts: Edit[] = [];
  let kept: { end: number } | null = null;
  for (const [index, child] of children.entries()) {
    if (!gone.has(index)) {
      const first = children[0];
      if (kept === null && first !== undefined && index > 0) {
        cuts.push({ start: first.start, end: child.start, with: "" });
      }
      kept = child;
    } else if (kept !== null) {
      cuts.push({ start: kept.end, end: child.end, with: "" });
      kept = child;
    }
  }
  const [first, last] = [children[0], children.at(-1)];
  if (kept === null && first && last) cuts.push({ start: first.start, end: last.end, with: "" });
  return cuts;
}

/** The text with all edits; one that lies in another is gone with it. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let at = 0;
  let written = "";
  for (const edit of edits.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (edit.start < at) continue;
    written += text.slice(at, edit.start) + edit.with;
    at = edit.end;
  }
  return written + text.slice(at);
}

function childrenOf(node: JsonNode): { start: number; end: number }[] {
  if (node.type === "array") return node.items;
  if (node.type !== "object") return [];
  return node.members.map(({ start, value }) => ({ start, end: value.end }));
}
