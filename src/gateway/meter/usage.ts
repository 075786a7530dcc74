import type { Usage } from "../../core/usage.ts";
import { asCount, asObject, type Json } from "../json.ts";
import type { GatewayApi } from "../upstream.ts";

/** Where an answer, or an event of a stream, tells usage; null where it does not. */
export function findUsage(api: GatewayApi, json: Json): Json | null {
  const found = places[api](json);
  return typeof found === "object" && found !== null ? asObject(found) : null;
}

const places: Record<GatewayApi, (json: Json) => unknown> = {
  // The first event carries it inside the message, the closing one beside it.
  anthropic: (json) => asObject(json["message"])["usage"] ?? json["usage"],
  openai: (json) => asObject(json["response"])["usage"] ?? json["usage"],
  "openai-chat": (json) => json["usage"],
  google: (json) => json["usageMetadata"],
};

/** A vendor's counts as ours, which are disjoint; null where the one that matters was never told. */
export function readUsage(api: GatewayApi, told: Json): Usage | null {
  return readers[api](told);
}

const readers: Record<GatewayApi, (told: Json) => Usage | null> = {
  anthropic: (told) => {
    if (asCount(told["input_tokens"]) === null || asCount(told["output_tokens"]) === null) return null;
    return {
      inputTokens: number(told["input_tokens"]),
      cacheReadTokens: number(told["cache_read_input_tokens"]),
      cacheWriteTokens: number(told["cache_creation_input_tokens"]),
      outputTokens: number(told["output_tokens"]),
    };
  },
  openai: (told) => openAi(told, "input_tokens", "output_tokens"),
  "openai-chat": (told) => openAi(told, "prompt_tokens", "completion_tokens"),
  google: (told) => {
    if (asCount(told["promptTokenCount"]) === null) return null;
    const prompt = number(told["promptTokenCount"]);
    const cacheReadTokens = number(told["cachedContentTokenCount"]);
    return {
      inputTokens: Math.max(0, prompt - cacheReadTokens) + number(told["toolUsePromptTokenCount"]),
      cacheReadTokens,
      cacheWriteTokens: 0,
      // Thoughts are paid like output and counted apart.
      outputTokens: number(told["candidatesTokenCount"]) + number(told["thoughtsTokenCount"]),
    };
  },
};

/** The input count includes what was read from and written to the cache; the output's includes reasoning. */
function openAi(told: Json, input: string, output: string): Usage | null {
  if (asCount(told[input]) === null) return null;
  const details = asObject(told[`${input}_details`]);
  const cacheReadTokens = number(details["cached_tokens"]);
  const cacheWriteTokens = number(details["cache_write_tokens"]);
  return {
    inputTokens: Math.max(0, number(told[input]) - cacheReadTokens - cacheWriteTokens),
    cacheReadTokens,
    cacheWriteTokens,
    outputTokens: number(told[output]),
  };
}

function number(value: unknown): number {
  return asCount(value) ?? 0;
}
