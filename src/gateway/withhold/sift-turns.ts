import type { JsonNode } from "./json-tree.ts";
import { siftTools } from "./own-tools.ts";
import { protocolRules } from "./protocol-rules.ts";
import { member, textOf, type Sifting } from "./sifting.ts";

/**
 * Looks through a conversation for what the vendor would fetch from elsewhere, and for tools that come in the middle of it.
 * @returns why it can not be passed on, or null
 */
export function siftTurns(node: JsonNode, sifting: Sifting): string | null {
  if (node.type === "array") {
    for (const item of node.items) {
      const why = siftTurns(item, sifting);
      if (why !== null) return why;
    }
    return null;
  }
  if (node.type !== "object") return null;
  const { free } = protocolRules[sifting.api];
  for (const { name, value } of node.members) {
    const word = name.toLowerCase();
    if (free.has(word)) continue;
    if (word === "tools" && value.type === "array") {
      siftTools(value, sifting);
      continue;
    }
    const why =
      unknownBlock(word, value, sifting) ?? remote(word, value, sifting) ?? siftTurns(value, sifting);
    if (why !== null) return why;
  }
  return null;
}

function unknownBlock(name: string, value: JsonNode, sifting: Sifting): string | null {
  const { blocks } = protocolRules[sifting.api];
  if (blocks === null || value.type !== "array" || (name !== "content" && name !== "tool_changes"))
    return null;
  for (const block of value.items) {
    const type = textOf(member(block, "type"), sifting) ?? "";
    // By its name it is one of the request's own; anything else could define a new one.
    const tool = type === "tool_addition" ? member(block, "tool") : null;
    const isNew =
      type === "tool_addition" && textOf(tool && member(tool, "type"), sifting) !== "tool_reference";
    if (isNew || !blocks.test(type)) return noTools(type.slice(0, 60));
  }
  return null;
}

function noTools(what: string): string {
  return `"${what}" in a conversation is not passed on: it can bring tools that the vendor runs`;
}

function remote(name: string, value: JsonNode, sifting: Sifting): string | null {
  if (sifting.web) return null;
  if (sifting.api === "anthropic") {
    if (name !== "source" || value.type !== "object") return null;
    const type = textOf(member(value, "type"), sifting) ?? "";
    return /^(base64|text|content|file)$/.test(type)
      ? null
      : noFetch(textOf(member(value, "url"), sifting) ?? type);
  }
  if (sifting.api === "google") {
    if (name !== "filedata" && name !== "file_data") return null;
    const uri = member(value, "fileUri") ?? member(value, "file_uri");
    return noFetch(textOf(uri, sifting) ?? "file");
  }
  if (!name.endsWith("_url")) return null;
  const addresses =
    value.type === "object"
      ? value.members.filter((one) => one.name.toLowerCase() === "url").map((one) => one.value)
      : [value];
  for (const address of addresses) {
    const text = textOf(address, sifting);
    if (text !== null && text !== "" && !/^data:/i.test(text)) return noFetch(text);
  }
  return null;
}

function noFetch(address: string): string {
  const shown = address.slice(0, 100);
  return `the vendor would fetch "${shown}" for a worker that has no network: put the content itself into the call, or let this agent use the web with "web: true" in agentx.yaml`;
}
