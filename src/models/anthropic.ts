import { AsyncLocalStorage } from "node:async_hooks";
import type Anthropic from "@anthropic-ai/sdk";
import type { BaseAnthropic } from "./anthropic-sdk.ts";
import type { Stream } from "@anthropic-ai/sdk/core/streaming";
import { bodyOf } from "./anthropic-body.ts";
import type { Endpoint } from "./endpoint.ts";
import { ModelError, type Model, type ModelReply, type ModelRequest, type ToolCall } from "./model.ts";
import { runCall, truncated, type CallTools, type UnpricedReply } from "./run-call.ts";
import { readArguments } from "./tool-arguments.ts";

type Event = Anthropic.RawMessageStreamEvent;
type Block = Anthropic.ContentBlock;

/** Anthropic's Messages API. The answer's blocks travel in `native`, so thinking keeps its signatures. */
export function anthropicModel(endpoint: Endpoint): Model {
  let client: Promise<Client> | null = null;
  return {
    id: endpoint.id,
    call: (request) =>
      runCall(endpoint, request, async (tools) =>
        stream(endpoint, request, { ...tools, client: await (client ??= openClient(endpoint)) }),
      ),
  };
}

type Client = { sdk: BaseAnthropic; calls: AsyncLocalStorage<CallTools> };

/** One for all calls, which takes as long to make as a call's own work: so its fetch looks up whose call it is in. */
async function openClient({ key, baseUrl }: Endpoint): Promise<Client> {
  const { BaseAnthropic } = await import("./anthropic-sdk.ts");
  const calls = new AsyncLocalStorage<CallTools>();
  const sdk = new BaseAnthropic({
    apiKey: key,
    authToken: null,
    baseURL: baseUrl,
    maxRetries: 0,
    logLevel: "off",
    fetch: async (input, init) => {
      const tools = calls.getStore();
      if (tools === undefined) throw new Error("a request outside of any call");
      return tools.fetch(input, init);
    },
  });
  return { sdk, calls };
}

type Tools = CallTools & { client: Client };

async function stream(endpoint: Endpoint, request: ModelRequest, tools: Tools): Promise<UnpricedReply> {
  const { sdk, calls } = tools.client;
  // As `messages.create` does it, which would serialise the body itself.
  const events = await calls.run(tools, () =>
    sdk.post<Stream<Event>>("/v1/messages", {
      body: bodyOf(endpoint, request),
      headers: { "content-type": "application/json" },
      signal: tools.signal,
      stream: true,
    }),
  );
  const draft: Draft = { blocks: [], inputJson: new Map(), usage: {}, stop: null, isComplete: false };
  for await (const event of events) {
    takeEvent(draft, event);
    if (event.type === "content_block_delta" && event.delta.type === "text_delta") {
      request.onProgress(event.delta.text);
    }
  }
  if (!draft.isComplete || draft.stop === null) throw truncated(endpoint);
  return replyOf(endpoint, draft);
}

type Counts = { [K in keyof Anthropic.MessageDeltaUsage]?: Anthropic.MessageDeltaUsage[K] };

type Draft = {
  blocks: Block[];
  /** Raw arguments of the tool call at this index. */
  inputJson: Map<number, string>;
  usage: Counts;
  stop: Anthropic.StopReason | null;
  isComplete: boolean;
};

function takeEvent(draft: Draft, event: Event): void {
  switch (event.type) {
    case "message_start":
      draft.usage = { ...event.message.usage };
      break;
    case "content_block_start":
      draft.blocks[event.index] = { ...event.content_block };
      break;
    case "content_block_delta":
      takeDelta(draft, event.index, event.delta);
      break;
    case "message_delta":
      draft.stop = event.delta.stop_reason;
      draft.usage = { ...draft.usage, ...known(event.usage) };
      break;
    case "message_stop":
      draft.isComplete = true;
      break;
    case "content_block_stop":
      break;
  }
}

/** The closing event repeats only some counts; the others are null or missing and must not erase the first ones. */
function known(usage: Counts): Counts {
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null));
}

function takeDelta(draft: Draft, index: number, delta: Anthropic.RawContentBlockDelta): void {
  const block = draft.blocks[index];
  if (delta.type === "input_json_delta") {
    draft.inputJson.set(index, (draft.inputJson.get(index) ?? "") + delta.partial_json);
  } else if (delta.type === "text_delta" && block?.type === "text") {
    block.text += delta.text;
  } else if (delta.type === "thinking_delta" && block?.type === "thinking") {
    block.thinking += delta.thinking;
  } else if (delta.type === "signature_delta" && block?.type === "thinking") {
    block.signature += delta.signature;
  }
}

function replyOf(endpoint: Endpoint, { blocks, inputJson, usage, stop }: Draft): UnpricedReply {
  const toolCalls: ToolCall[] = [];
  for (const [index, block] of blocks.entries()) {
    if (block.type !== "tool_use") continue;
    const read = readArguments(inputJson.get(index) ?? "");
    block.input = read.input;
    toolCalls.push({ id: block.id, name: block.name, ...read });
  }
  const text = blocks.map((block) => (block.type === "text" ? block.text : "")).join("");
  const native = { model: endpoint.id, value: blocks };
  return {
    message: { role: "assistant", text, toolCalls, native },
    stop: stopOf(endpoint, stop, toolCalls.length > 0),
    counted: usage.input_tokens !== undefined && usage.output_tokens !== undefined,
    usage: {
      inputTokens: usage.input_tokens ?? 0,
      cacheReadTokens: usage.cache_read_input_tokens ?? 0,
      cacheWriteTokens: usage.cache_creation_input_tokens ?? 0,
      outputTokens: usage.output_tokens ?? 0,
    },
  };
}

function stopOf({ id }: Endpoint, stop: Anthropic.StopReason | null, hasCalls: boolean): ModelReply["stop"] {
  switch (stop) {
    case "max_tokens":
      return "length";
    case "refusal":
      return "refusal";
    case "model_context_window_exceeded":
      throw new ModelError("context-length", id, { message: `the conversation is too long for ${id}` });
    default:
      return hasCalls ? "tools" : "end";
  }
}
