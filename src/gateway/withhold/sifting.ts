import type { GatewayApi } from "../upstream.ts";
import { cutsIn, type Edit } from "./cut-out.ts";
import type { JsonNode } from "./json-tree.ts";

/** One body while it is looked through. */
export type Sifting = {
  api: GatewayApi;
  text: string;
  /** Whether the vendor may look things up in the web for this worker. */
  web: boolean;
  /** What is taken out, for the person. */
  tell: (what: string) => void;
  /** Members or items go, by index. */
  take: (container: JsonNode, gone: ReadonlySet<number>) => void;
};

export function startSifting(base: Pick<Sifting, "api" | "text" | "web">): {
  sifting: Sifting;
  edits: Edit[];
  withheld: Set<string>;
} {
  const edits: Edit[] = [];
  const withheld = new Set<string>();
  const sifting: Sifting = {
    ...base,
    tell: (what) => withheld.add(what.slice(0, longestName)),
    take: (container, gone) => {
      if (gone.size > 0) edits.push(...cutsIn(container, gone));
    },
  };
  return { sifting, edits, withheld };
}

/** A worker chooses the words. */
const longestName = 60;

/** A member's value, or null where there is none. */
export function member(node: JsonNode, name: string): JsonNode | null {
  if (node.type !== "object") return null;
  return node.members.find((one) => one.name === name)?.value ?? null;
}

/** What a string says, or null where it is none. */
export function textOf(node: JsonNode | null, { text }: Pick<Sifting, "text">): string | null {
  return node?.type === "string" ? (JSON.parse(text.slice(node.start, node.end)) as string) : null;
}
