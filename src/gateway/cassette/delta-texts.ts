import type { GatewayApi } from "../upstream.ts";

export type Json = Record<string, unknown>;

/** A piece of a longer text in an event: where it stands, and which text it belongs to. */
export type DeltaText = { key: string; holder: Json; field: string };

/** The pieces that an event of a stream adds to texts: a word may be cut between two of them. Pure. */
export function deltaTexts(api: GatewayApi, event: Json): DeltaText[] {
  switch (api) {
    case "anthropic":
      return ofAnthropic(event);
    case "openai":
      return ofOpenai(event);
    case "openai-chat":
      return ofOpenaiChat(event);
    case "google":
      return ofGoogle(event);
  }
}

function ofAnthropic({ type, index, delta }: Json): DeltaText[] {
  if (type !== "content_block_delta" || !isJson(delta)) return [];
  return textsIn(delta, ["text", "partial_json", "thinking"], `${String(index)}`);
}

function ofOpenai(event: Json): DeltaText[] {
  const { type, item_id, output_index, content_index, summary_index } = event;
  if (typeof type !== "string" || !type.endsWith(".delta")) return [];
  return textsIn(
    event,
    ["delta"],
    [type, item_id, output_index, content_index, summary_index].map(String).join(":"),
  );
}

function ofOpenaiChat({ choices }: Json): DeltaText[] {
  return listOf(choices).flatMap(({ index, delta }) => {
    if (!isJson(delta)) return [];
    const words = textsIn(delta, ["content", "reasoning_content", "reasoning", "refusal"], String(index));
    const calls = listOf(delta["tool_calls"]).flatMap((call) => {
      const called = call["function"];
      return isJson(called)
        ? textsIn(called, ["arguments"], `${String(index)}:${String(call["index"])}`)
        : [];
    });
    return [...words, ...calls];
  });
}

function ofGoogle({ candidates }: Json): DeltaText[] {
  return listOf(candidates).flatMap(({ index, content }) => {
    const parts = isJson(content) ? listOf(content["parts"]) : [];
    return parts.flatMap((part) => textsIn(part, ["text"], `${String(index)}:${String(part["thought"])}`));
  });
}

function textsIn(holder: Json, fields: readonly string[], key: string): DeltaText[] {
  return fields
    .filter((field) => typeof holder[field] === "string")
    .map((field) => ({ key: `${key}:${field}`, holder, field }));
}

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? (value as unknown[]).filter(isJson) : [];
}
