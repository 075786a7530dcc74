import type OpenAI from "openai";
import type { Endpoint } from "./endpoint.ts";
import { streamFailure } from "./failure.ts";
import type { Model, ModelRequest, ToolCall } from "./model.ts";
import { bodyOf } from "./openai-body.ts";
import { runCall, truncated, type CallTools, type UnpricedReply } from "./run-call.ts";
import { readArguments } from "./tool-arguments.ts";

type Event = OpenAI.Responses.ResponseStreamEvent;
type Item = OpenAI.Responses.ResponseOutputItem;
type Final = OpenAI.Responses.Response;

/** OpenAI's Responses API, stateless: encrypted reasoning items travel in `native`. */
export function openaiModel(endpoint: Endpoint): Model {
  return {
    id: endpoint.id,
    call: (request) => runCall(endpoint, request, (tools) => stream(endpoint, request, tools)),
  };
}

async function stream(endpoint: Endpoint, request: ModelRequest, tools: CallTools): Promise<UnpricedReply> {
  const { default: Client } = await import("openai");
  const client = new Client({
    apiKey: endpoint.key,
    baseURL: endpoint.baseUrl,
    maxRetries: 0,
    // What is wrong comes as an error; the SDK would also write it over the live view.
    logLevel: "off",
    fetch: tools.fetch,
  });
  const body = bodyOf(endpoint, request);
  const events = await client.responses.create({ ...body, stream: true }, { signal: tools.signal });
  const items: Item[] = [];
  let final: Final | null = null;
  for await (const event of events) {
    if (event.type === "response.output_text.delta") request.onProgress(event.delta);
    else if (event.type === "response.output_item.done") items.push(event.item);
    else final = finalOf(event, endpoint) ?? final;
  }
  if (final === null) throw truncated(endpoint);
  // Some compatible servers leave the closing event's output empty.
  return replyOf(endpoint, { ...final, output: final.output.length > 0 ? final.output : items });
}

/** The response that ends the stream; null for an event that does not. A failed one is an event, not an exception. */
function finalOf(event: Event, endpoint: Endpoint): Final | null {
  switch (event.type) {
    case "response.completed":
    case "response.incomplete":
      return event.response;
    case "response.failed": {
      const error = event.response.error;
      const message = error?.message ?? "the response failed";
      throw streamFailure(endpoint, { code: error?.code ?? "server_error", message });
    }
    case "error":
      throw streamFailure(endpoint, { code: event.code ?? "server_error", message: event.message });
    default:
      return null;
  }
}

function replyOf(endpoint: Endpoint, { output, usage, incomplete_details }: Final): UnpricedReply {
  const toolCalls = output.flatMap((item): ToolCall[] =>
    item.type === "function_call"
      ? [{ id: item.call_id, name: item.name, ...readArguments(item.arguments) }]
      : [],
  );
  const parts = output.flatMap((item) => (item.type === "message" ? item.content : []));
  const text = parts.map((part) => (part.type === "refusal" ? part.refusal : part.text)).join("");
  const refused =
    parts.some(({ type }) => type === "refusal") || incomplete_details?.reason === "content_filter";
  const ended = toolCalls.length > 0 ? "tools" : "end";
  return {
    message: { role: "assistant", text, toolCalls, native: { model: endpoint.id, value: output } },
    stop: refused ? "refusal" : incomplete_details ? "length" : ended,
    ...readUsage(usage),
  };
}

/** OpenAI's input count includes what was read from and written to the cache. */
function readUsage(usage: Final["usage"]): Pick<UnpricedReply, "usage" | "counted"> {
  const details: Partial<OpenAI.Responses.ResponseUsage.InputTokensDetails> | undefined =
    usage?.input_tokens_details;
  const cacheReadTokens = details?.cached_tokens ?? 0;
  const cacheWriteTokens = details?.cache_write_tokens ?? 0;
  const inputTokens = Math.max(0, (usage?.input_tokens ?? 0) - cacheReadTokens - cacheWriteTokens);
  const outputTokens = usage?.output_tokens ?? 0;
  return {
    counted: usage !== undefined && usage !== null,
    usage: { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens },
  };
}
