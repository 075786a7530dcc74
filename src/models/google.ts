import type { GenerateContentResponse, Part } from "@google/genai";
import type { Endpoint } from "./endpoint.ts";
import { bodyOf } from "./google-body.ts";
import { ModelError, type Model, type ModelReply, type ModelRequest, type ToolCall } from "./model.ts";
import { runCall, truncated, type CallTools, type UnpricedReply } from "./run-call.ts";
import { isObject } from "./tool-arguments.ts";
import { withoutCalls } from "./without-calls.ts";

/** Gemini's generateContent. The answer's parts travel in `native`, so calls keep their thought signatures. */
export function googleModel(endpoint: Endpoint): Model {
  return {
    id: endpoint.id,
    call: (request) => runCall(endpoint, request, (tools) => stream(endpoint, request, tools)),
  };
}

async function stream(endpoint: Endpoint, request: ModelRequest, tools: CallTools): Promise<UnpricedReply> {
  const { GoogleGenAI } = await import("@google/genai");
  const httpOptions = {
    fetch: tools.fetch,
    ...(endpoint.baseUrl === null ? {} : { baseUrl: endpoint.baseUrl }),
  };
  const client = new GoogleGenAI({ apiKey: endpoint.key, vertexai: false, httpOptions });
  const { config, ...body } = bodyOf(endpoint, request);
  const chunks = await client.models.generateContentStream({
    ...body,
    config: { ...config, abortSignal: tools.signal },
  });
  const draft: Draft = { parts: [], finish: null, usage: null };
  for await (const chunk of chunks) takeChunk(draft, chunk, request.onProgress);
  if (draft.finish === null) throw truncated(endpoint);
  return replyOf(endpoint, draft, request);
}

type Draft = {
  parts: Part[];
  finish: string | null;
  usage: GenerateContentResponse["usageMetadata"] | null;
};

function takeChunk(draft: Draft, chunk: GenerateContentResponse, onProgress: (text: string) => void): void {
  const candidate = chunk.candidates?.[0];
  for (const part of candidate?.content?.parts ?? []) {
    takePart(draft.parts, part);
    if (part.text && !part.thought) onProgress(part.text);
  }
  draft.usage = chunk.usageMetadata ?? draft.usage;
  // A blocked prompt has no candidate at all.
  draft.finish = candidate?.finishReason ?? chunk.promptFeedback?.blockReason ?? draft.finish;
}

/** Pieces of one text are joined; a part with a signature has to stay as it is. */
function takePart(parts: Part[], part: Part): void {
  const last = parts.at(-1);
  if (isPlain(part) && last && isPlain(last) && Boolean(last.thought) === Boolean(part.thought)) {
    last.text = `${last.text ?? ""}${part.text ?? ""}`;
  } else if (!isPlain(part) || part.text !== "") {
    parts.push({ ...part });
  }
}

function isPlain({ text, thoughtSignature, functionCall }: Part): boolean {
  return text !== undefined && thoughtSignature === undefined && functionCall === undefined;
}

function replyOf(
  endpoint: Endpoint,
  { parts, finish, usage }: Draft,
  { messages }: ModelRequest,
): UnpricedReply {
  const calls = parts.flatMap(({ functionCall }) => functionCall ?? []);
  const toolCalls = calls.map(({ id, name = "", args = {} }, n): ToolCall => ({
    // Google leaves the id out more often than not; ours is unique in the conversation.
    id: id ?? `call_${messages.length}_${n}`,
    name,
    ...(isObject(args) ? { input: args } : { input: {}, invalid: JSON.stringify(args) }),
  }));
  const text = parts.map((part) => (part.thought ? "" : (part.text ?? ""))).join("");
  // Google refuses a conversation with arguments that are no object, so such a call goes back in our form.
  const isWhole = toolCalls.every(({ invalid }) => invalid === undefined);
  const native = { model: endpoint.id, value: parts };
  const cacheReadTokens = usage?.cachedContentTokenCount ?? 0;
  return {
    message: {
      role: "assistant",
      text,
      toolCalls,
      native: isWhole ? native : withoutCalls(native),
    },
    stop: stopOf(endpoint, finish, toolCalls.length > 0),
    counted: usage?.promptTokenCount !== undefined,
    usage: {
      inputTokens: Math.max(0, (usage?.promptTokenCount ?? 0) - cacheReadTokens),
      cacheReadTokens,
      cacheWriteTokens: 0,
      outputTokens: (usage?.candidatesTokenCount ?? 0) + (usage?.thoughtsTokenCount ?? 0),
    },
  };
}

const garbled = ["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "MALFORMED_RESPONSE"];

function stopOf({ id }: Endpoint, finish: string | null, hasCalls: boolean): ModelReply["stop"] {
  if (finish === "STOP") return hasCalls ? "tools" : "end";
  if (finish === "MAX_TOKENS") return "length";
  if (finish === null || !garbled.includes(finish)) return "refusal";
  // The call itself is lost; another try usually gives a well-formed one.
  throw new ModelError("truncated", id, {
    message: `${id} gave up in the middle of a tool call (${finish})`,
  });
}
