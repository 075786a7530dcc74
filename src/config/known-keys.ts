import { z } from "zod";

import { configSchema } from "./schema.ts";
import type { Path } from "./yaml-source.ts";

type Node = Readonly<Record<string, unknown>>;

/** The keys that the schema allows at a place, for a hint when somebody wrote another one. */
export function knownKeys(path: Path): string[] {
  let nodes: Node[] = [z.toJSONSchema(configSchema, { io: "input" })];
  for (const step of path) nodes = nodes.flatMap((node) => children(node, String(step)));
  return nodes.flatMap(alternatives).flatMap((node) => Object.keys(asNode(node["properties"])));
}

function children(node: Node, key: string): Node[] {
  return alternatives(node).flatMap((option) => {
    const property = asNode(option["properties"])[key] ?? option["additionalProperties"];
    return typeof property === "object" && property !== null ? [asNode(property)] : [];
  });
}

function alternatives(node: Node): Node[] {
  const options = node["anyOf"];
  return Array.isArray(options) ? options.map(asNode) : [node];
}

function asNode(value: unknown): Node {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
