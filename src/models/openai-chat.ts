import type OpenAI from "openai";
import type { Endpoint } from "./endpoint.ts";
import type { Model, ModelReply, ModelRequest, ToolCall } from "./model.ts";
import { bodyOf } from "./openai-chat-body.ts";
import { runCall, truncated, type CallTools, type UnpricedReply } from "./run-call.ts";
import { readArguments } from "./tool-arguments.ts";

type Choice = OpenAI.ChatCompletionChunk.Choice;

/** Chat Completions, as Ollama, llama.cpp, vLLM and most hosts speak it. */
export function openaiChatModel(endpoint: Endpoint): Model {
  return {
    id: endpoint.id,
    call: (request) => runCall(endpoint, request, (tools) => stream(endpoint, request, tools)),
  };
}

async function stream(endpoint: Endpoint, request: ModelRequest, tools: CallTools): Promise<UnpricedReply> {
  const { default: Client } = await import("openai");
  const client = new Client({
    // The SDK insists on a key; local servers do not read it.
    apiKey: endpoint.key === "" ? "none" : endpoint.key,
    baseURL: endpoint.baseUrl,
    maxRetries: 0,
    // What is wrong comes as an error; the SDK would also write it over the live view.
    logLevel: "off",
    fetch: tools.fetch,
  });
  const body = bodyOf(endpoint, request);
  const chunks = await client.chat.completions.create({ ...body, stream: true }, { signal: tools.signal });
  const draft: Draft = { text: "", refused: false, calls: [], finish: null, usage: null };
  for await (const chunk of chunks) {
    draft.usage = chunk.usage ?? draft.usage;
    const choice = chunk.choices[0];
    if (choice === undefined) continue;
    takeDelta(draft, choice.delta);
    draft.finish = choice.finish_reason ?? draft.finish;
    if (choice.delta.content) request.onProgress(choice.delta.content);
  }
  if (draft.finish === null) throw truncated(endpoint);
  return replyOf(draft, request);
}

type DraftCall = { index: number; id: string; name: string; json: string };

type Draft = {
  text: string;
  refused: boolean;
  calls: DraftCall[];
  finish: Choice["finish_reason"];
  usage: OpenAI.CompletionUsage | null;
};

function takeDelta(draft: Draft, delta: Choice["delta"]): void {
  draft.text += (delta.content ?? "") + (delta.refusal ?? "");
  draft.refused ||= Boolean(delta.refusal);
  for (const { index, id = "", function: called } of delta.tool_calls ?? []) {
    // Some servers give every parallel call the index 0: a new id begins a new call.
    let call = draft.calls.findLast((other) => other.index === index && (id === "" || other.id === id));
    if (!call) {
      call = { index, id, name: "", json: "" };
      draft.calls.push(call);
    }
    call.name ||= called?.name ?? "";
    call.json += called?.arguments ?? "";
  }
}

function replyOf(draft: Draft, { messages }: ModelRequest): UnpricedReply {
  const toolCalls = draft.calls.map(({ id, name, json }, n): ToolCall => ({
    // Unique in the conversation, for servers that give no ids.
    id: id === "" ? `call_${messages.length}_${n}` : id,
    name,
    ...readArguments(json),
  }));
  return {
    message: { role: "assistant", text: draft.text, toolCalls, native: null },
    stop: stopOf(draft, toolCalls.length > 0),
    ...readUsage(draft.usage),
  };
}

function stopOf({ finish, refused }: Draft, hasCalls: boolean): ModelReply["stop"] {
  if (refused || finish === "content_filter") return "refusal";
  if (finish === "length") return "length";
  return hasCalls ? "tools" : "end";
}

function readUsage(usage: OpenAI.CompletionUsage | null): Pick<UnpricedReply, "usage" | "counted"> {
  const cacheReadTokens = usage?.prompt_tokens_details?.cached_tokens ?? 0;
  const inputTokens = Math.max(0, (usage?.prompt_tokens ?? 0) - cacheReadTokens);
  const outputTokens = usage?.completion_tokens ?? 0;
  return {
    counted: usage !== null,
    usage: { inputTokens, cacheReadTokens, cacheWriteTokens: 0, outputTokens },
  };
}
