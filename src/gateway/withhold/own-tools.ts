import type { JsonNode } from "./json-tree.ts";
import { protocolRules } from "./protocol-rules.ts";
import { member, textOf, type Sifting } from "./sifting.ts";

/** Takes out of a list of tools what the vendor would run. @returns how many are left, and their names where they have one */
export function siftTools(list: JsonNode, sifting: Sifting): { left: number; names: Set<string> } {
  const names = new Set<string>();
  if (list.type !== "array") return { left: 0, names };
  const gone = new Set<number>();
  for (const [index, tool] of list.items.entries()) {
    const isKept = sifting.api === "google" ? siftGoogleTool(tool, sifting) : isOwnTool(tool, sifting);
    if (!isKept) gone.add(index);
    else {
      const name = textOf(member(tool, "name"), sifting) ?? "";
      if (name !== "") names.add(name);
      // A namespace of tools is a tool.
      const nested = member(tool, "tools");
      if (nested && sifting.api !== "google" && siftTools(nested, sifting).left === 0) gone.add(index);
    }
  }
  sifting.take(list, gone);
  return { left: list.items.length - gone.size, names };
}

function isOwnTool(tool: JsonNode, sifting: Sifting): boolean {
  const { api, web } = sifting;
  if (tool.type !== "object") return false;
  // Some readers take a name in any case.
  const spelled = tool.members.filter(({ name }) => name.toLowerCase() === "type");
  const [type] = spelled;
  if (spelled.length > 1 || (type !== undefined && type.name !== "type")) {
    sifting.tell("a tool with two types");
    return false;
  }
  // Anthropic's tools are the client's where they have no type.
  const value = type === undefined ? (api === "anthropic" ? "custom" : "") : textOf(type.value, sifting);
  const said = value ?? (isNull(type?.value, sifting) && api === "anthropic" ? "custom" : "");
  const { ownTools, webTools } = protocolRules[api];
  const isOwn = ownTools.test(said) && (said !== "shell" || isLocal(tool, sifting));
  if (isOwn || (web && webTools.test(said))) return true;
  sifting.tell(said === "" ? "a tool without a type" : said);
  return false;
}

/** Otherwise its commands run in a container of the vendor's. */
function isLocal(tool: JsonNode, sifting: Sifting): boolean {
  const environment = member(tool, "environment");
  return environment !== null && textOf(member(environment, "type"), sifting) === "local";
}

function isNull(node: JsonNode | undefined, { text }: Sifting): boolean {
  return node !== undefined && text.slice(node.start, node.end) === "null";
}

/** One of Google's tools may hold several. */
function siftGoogleTool(tool: JsonNode, sifting: Sifting): boolean {
  if (tool.type !== "object") return false;
  const { ownTools, webTools } = protocolRules.google;
  const gone = new Set<number>();
  for (const [index, { name }] of tool.members.entries()) {
    if (ownTools.test(name) || (sifting.web && webTools.test(name))) continue;
    sifting.tell(name);
    gone.add(index);
  }
  if (gone.size === tool.members.length) return false;
  sifting.take(tool, gone);
  return true;
}
