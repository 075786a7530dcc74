import { callsOf, pieces } from "../../src/models/script-turn.ts";
import { asList, asObject, asText, type Json, parseArguments, sse, textOf } from "./json.ts";
import { openAiError } from "./openai-error.ts";
import type { Answer, NormalisedMessage, Wire } from "./types.ts";

/** POST /v1/chat/completions. Source: platform.openai.com/docs/api-reference/chat. */
export const chatWire: Wire = {
  read: (json) => ({
    model: asText(json["model"]),
    system: textOf(asList(json["messages"]).find(isSystem)?.["content"]),
    messages: asList(json["messages"])
      .filter((message) => !isSystem(message))
      .map(readMessage),
    toolNames: asList(json["tools"]).map((tool) => asText(asObject(tool["function"])["name"])),
    stream: json["stream"] === true,
  }),
  violation: (json) => checkMessages(asList(json["messages"])),
  stream: (answer) => {
    const whole = wholeCompletion(answer);
    const [choice = {}] = asList(whole["choices"]);
    const message = asObject(choice["message"]);
    const chunk = (delta: Json, finish_reason: unknown = null): string =>
      sse({
        ...whole,
        object: "chat.completion.chunk",
        usage: null,
        choices: [{ index: 0, delta, finish_reason }],
      });
    const wantsUsage = asObject(answer.json["stream_options"])["include_usage"] === true;
    const closing = [chunk({}, choice["finish_reason"])];
    if (wantsUsage && whole["usage"] !== undefined) {
      closing.push(sse({ ...whole, object: "chat.completion.chunk", choices: [] }));
    }
    closing.push(sse("[DONE]"));
    const events = [
      chunk({ role: "assistant", content: "" }),
      ...pieces(asText(message["content"])).map((content) => chunk({ content })),
      ...asList(message["tool_calls"])
        .flatMap(callDeltas)
        .map((call) => chunk({ tool_calls: [call] })),
      ...closing,
    ];
    return { events, closing: closing.length };
  },
  whole: wholeCompletion,
  error: openAiError,
  streamError: (message) => sse({ error: { message, type: "server_error", code: null } }),
};

function isSystem({ role }: Json): boolean {
  return role === "system" || role === "developer";
}

function readMessage(message: Json): NormalisedMessage {
  const text = textOf(message["content"]);
  if (message["role"] === "tool") {
    const toolResults = [{ id: asText(message["tool_call_id"]), text }];
    return { role: "tool", text: "", toolCalls: [], toolResults };
  }
  const toolCalls = asList(message["tool_calls"]).map(({ id, function: called }) => {
    const { name, arguments: input } = asObject(called);
    return { id: asText(id), name: asText(name), input: parseArguments(asText(input)) };
  });
  const role = message["role"] === "assistant" ? "assistant" : "user";
  return { role, text, toolCalls, toolResults: [] };
}

function checkMessages(messages: Json[]): string | null {
  let open = new Set<unknown>();
  for (const message of messages) {
    if (message["role"] === "tool") {
      if (!open.delete(message["tool_call_id"])) {
        return "messages with role 'tool' must be a response to a preceding message with 'tool_calls'.";
      }
    } else if (open.size > 0) {
      return "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'.";
    } else {
      const problem = checkCalls(asList(message["tool_calls"]));
      if (problem !== null) return problem;
      open = new Set(asList(message["tool_calls"]).map(({ id }) => id));
    }
  }
  return null;
}

/** Servers that fill a template read the arguments, and fail on what is no object. */
function checkCalls(calls: Json[]): string | null {
  const ids = calls.map(({ id }) => id);
  if (new Set(ids).size < ids.length) return "Duplicate value for 'tool_call_id'.";
  for (const call of calls) {
    const { name, arguments: text } = asObject(call["function"]);
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(asText(name))) return "Invalid 'tool_calls[0].function.name'.";
    const args = parseArguments(asText(text));
    if (args === null || typeof args !== "object" || Array.isArray(args))
      return "Failed to parse tool call arguments as JSON.";
  }
  return null;
}

function wholeCompletion({ turn, request, usage, newId }: Answer): Json {
  const tool_calls = callsOf(turn).map(({ name, input }) => ({
    id: newId("call"),
    type: "function",
    function: { name, arguments: turn.rawArguments ?? JSON.stringify(input) },
  }));
  const calls = tool_calls.length > 0;
  const refused = turn.stop === "refusal";
  const finish_reason =
    turn.stop === "length" ? "length" : refused ? "content_filter" : calls ? "tool_calls" : "stop";
  const message = { role: "assistant", content: turn.say ?? null, ...(calls ? { tool_calls } : {}) };
  return {
    id: newId("chatcmpl"),
    object: "chat.completion",
    created: 0,
    model: request.model,
    choices: [{ index: 0, message, finish_reason }],
    ...(usage === "none" ? {} : { usage: usageOf(usage) }),
  };
}

function usageOf(usage: Exclude<Answer["usage"], "none">): Json {
  const prompt_tokens = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  return {
    prompt_tokens,
    completion_tokens: usage.outputTokens,
    total_tokens: prompt_tokens + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cacheReadTokens },
  };
}

function callDeltas(call: Json, index: number): Json[] {
  const called = asObject(call["function"]);
  const [first = "", ...rest] = pieces(asText(called["arguments"]));
  return [
    { index, ...call, function: { ...called, arguments: first } },
    ...rest.map((text) => ({ index, function: { arguments: text } })),
  ];
}
