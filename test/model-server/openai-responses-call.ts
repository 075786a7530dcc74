import { asList, asObject, asText, type Json } from "./json.ts";
import type { Answer } from "./types.ts";

/** A tool search is done by the client, so it is asked for and answered like a function. */
const callTypes = new Set(["function_call", "custom_tool_call", "tool_search_call"]);

export function isCall({ type }: Json): boolean {
  return callTypes.has(asText(type));
}

export function isOutput({ type }: Json): boolean {
  return asText(type).endsWith("call_output") || type === "tool_search_output";
}

/** Tools in a namespace are named as `namespace__tool`, the search tool by its type. */
export function toolNamesOf(json: Json): string[] {
  return asList(json["tools"]).flatMap((tool) => {
    const name = asText(tool["name"] ?? tool["type"]);
    return tool["type"] === "namespace"
      ? asList(tool["tools"]).map((one) => `${name}__${asText(one["name"])}`)
      : name;
  });
}

/** A call in the form in which its tool was declared, in `tools` or in the answer to a search. */
export function callItem(
  { name, input }: { name: string; input: Json },
  ids: Json,
  { turn, json }: Pick<Answer, "turn" | "json">,
): Json {
  const found = asList(json["input"]).filter(({ type }) => type === "tool_search_output");
  const tools = [...asList(json["tools"]), ...found.flatMap((item) => asList(item["tools"]))];
  const tool = tools.find((spec) => (spec["name"] ?? spec["type"]) === name);
  if (tool?.["type"] === "custom") {
    return { ...ids, type: "custom_tool_call", status: "completed", name, input: asText(input["input"]) };
  }
  if (tool?.["type"] === "tool_search") {
    return {
      ...ids,
      type: "tool_search_call",
      status: "completed",
      execution: "client",
      arguments: asObject(input),
    };
  }
  const inside = tools
    .filter(({ type }) => type === "namespace")
    .map((spec) => asText(spec["name"]))
    .find((space) => name.startsWith(`${space}__`));
  const named = inside === undefined ? { name } : { name: name.slice(inside.length + 2), namespace: inside };
  const text = turn.rawArguments ?? JSON.stringify(input);
  return { ...ids, type: "function_call", status: "completed", ...named, arguments: text };
}
