import { createHash } from "node:crypto";
import type OpenAI from "openai";
import type { Endpoint } from "./endpoint.ts";
import type { AssistantMessage, Message, ModelRequest } from "./model.ts";

type Body = OpenAI.Responses.ResponseCreateParamsNonStreaming;
type Items = OpenAI.Responses.ResponseInputItem[];

/** A request in the form of OpenAI's Responses API. Nothing is stored there: every call carries its whole past. */
export function bodyOf({ id, model }: Endpoint, request: ModelRequest): Body {
  const { system, messages, tools, mustCall, maxOutputTokens } = request;
  return {
    model,
    instructions: system,
    input: messages.flatMap((message) => toItems(message, id)),
    tools: tools.map((tool) => ({ type: "function", strict: false, ...tool })),
    ...(mustCall === null ? {} : { tool_choice: { type: "function", name: mustCall } }),
    max_output_tokens: maxOutputTokens,
    store: false,
    ...(reasons(model) ? { include: ["reasoning.encrypted_content"] } : {}),
    prompt_cache_key: cacheKey(request),
  };
}

/** The models before o1 and GPT-5 answer 400 when asked for reasoning. */
function reasons(model: string): boolean {
  return !/^(gpt-[34]|chatgpt-4)/.test(model);
}

/**
 * The same for every call of one conversation, so that they meet the same cache.
 * Source: developers.openai.com/api/docs/guides/prompt-caching
 */
function cacheKey({ system, messages }: ModelRequest): string {
  const start = JSON.stringify([system, messages[0] ?? null]);
  return createHash("sha256").update(start).digest("hex").slice(0, 32);
}

function toItems(message: Message, id: string): Items {
  switch (message.role) {
    case "user":
      return [{ role: "user", content: message.text }];
    case "assistant":
      return assistantItems(message, id);
    case "tool":
      return message.results.map((result) => ({
        type: "function_call_output",
        call_id: result.id,
        output: result.text,
      }));
  }
}

function assistantItems({ text, toolCalls, native }: AssistantMessage, id: string): Items {
  const calls: Items = toolCalls.map((call) => ({
    type: "function_call",
    call_id: call.id,
    name: call.name,
    arguments: call.invalid ?? JSON.stringify(call.input),
  }));
  const kept = nativeItems(native, id);
  const isWhole = calls.length === 0 || kept.some(({ type }) => type === "function_call");
  const items = isWhole ? settled(kept) : kept;
  if (items.length > 0) return isWhole ? items : [...items, ...calls];
  if (text === "" && calls.length > 0) return calls;
  return [{ role: "assistant", content: text === "" ? "(nothing)" : text }, ...calls];
}

/** What this adapter kept of the same model's answer. */
function nativeItems(native: AssistantMessage["native"], id: string): Items {
  if (native?.model !== id || !Array.isArray(native.value)) return [];
  return native.value as Items;
}

/** Reasoning that nothing followed, as in an answer that was cut off, is refused by the API and left out. */
function settled(items: Items): Items {
  return items.slice(0, items.findLastIndex((item) => item.type !== "reasoning") + 1);
}
