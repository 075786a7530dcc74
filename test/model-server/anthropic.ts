import { callsOf, pieces } from "../../src/models/script-turn.ts";
import { asList, asObject, asText, sse, textOf, type Json } from "./json.ts";
import type { Answer, Memory, NormalisedMessage, Wire } from "./types.ts";

/** POST /v1/messages. Source: platform.claude.com/docs, streaming and extended thinking. */
export const anthropicWire: Wire = {
  read: (json) => ({
    model: asText(json["model"]),
    system: textOf(json["system"]),
    messages: asList(json["messages"]).flatMap(readMessage),
    toolNames: asList(json["tools"]).map((tool) => asText(tool["name"])),
    stream: json["stream"] === true,
  }),
  violation: (json, model, memory) => {
    const messages = asList(json["messages"]).filter(({ role }) => role !== "system");
    return checkMessages(messages) ?? checkCalls(messages) ?? checkThinking(messages, model, memory);
  },
  stream: (answer) => {
    const message = wholeMessage(answer);
    const blocks = asList(message["content"]);
    const { usage, stop_reason } = message;
    const event = (data: Json): string => sse(data, asText(data["type"]));
    const events = [
      event({ type: "message_start", message: { ...message, content: [], stop_reason: null } }),
      ...blocks.flatMap((block, index) => blockEvents(block, index, answer).map(event)),
      event({ type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage }),
      event({ type: "message_stop" }),
    ];
    return { events, closing: 2 };
  },
  whole: wholeMessage,
  error: ({ status, message, code }) => ({
    type: "error",
    error: { type: code ?? errorTypes[status] ?? "api_error", message },
    request_id: "req_test",
  }),
  streamError: (message) => sse({ type: "error", error: { type: "overloaded_error", message } }, "error"),
};

const errorTypes: Record<number, string> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  429: "rate_limit_error",
  529: "overloaded_error",
};

function readMessage(message: Json): NormalisedMessage[] {
  if (message["role"] === "system") return [];
  const blocks = blocksOf(message);
  const results = blocks.filter((block) => block["type"] === "tool_result");
  const toolResults = results.map((block) => ({
    id: asText(block["tool_use_id"]),
    text: textOf(block["content"]),
  }));
  const toolCalls = blocks
    .filter((block) => block["type"] === "tool_use")
    .map((block) => ({ id: asText(block["id"]), name: asText(block["name"]), input: block["input"] }));
  const text = textOf(blocks.filter((block) => block["type"] === "text"));
  const role = message["role"] === "assistant" ? "assistant" : results.length > 0 ? "tool" : "user";
  return [{ role, text, toolCalls, toolResults }];
}

function blocksOf(message: Json): Json[] {
  const content = message["content"];
  return typeof content === "string" ? [{ type: "text", text: content }] : asList(content);
}

function checkMessages(messages: Json[]): string | null {
  for (const [index, message] of messages.entries()) {
    const blocks = blocksOf(message);
    if (blocks.length === 0) return `messages.${index}: all messages must have non-empty content`;
    if (blocks.some((block) => block["type"] === "text" && asText(block["text"]).trim() === "")) {
      return `messages.${index}: text content blocks must contain non-whitespace text`;
    }
    const problem =
      message["role"] === "assistant"
        ? checkAnswered(blocks, messages[index + 1])
        : checkResults(blocks, messages[index - 1]);
    if (problem !== null) return `messages.${index}: ${problem}`;
  }
  return null;
}

function checkCalls(messages: Json[]): string | null {
  const calls = messages.flatMap(blocksOf).filter(({ type }) => type === "tool_use");
  const ids = calls.map(({ id }) => asText(id));
  if (new Set(ids).size < ids.length) return "`tool_use` ids must be unique";
  const isObject = (input: unknown): boolean => input !== null && typeof input === "object";
  if (!calls.every(({ input }) => isObject(input) && !Array.isArray(input)))
    return "tool_use.input: Input should be a valid dictionary";
  const odd = calls.find(({ name }) => !/^[a-zA-Z0-9_-]{1,128}$/.test(asText(name)));
  return odd ? "tool_use.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'" : null;
}

function checkThinking(messages: Json[], model: string, memory: Memory): string | null {
  for (const block of messages.flatMap(blocksOf).filter(({ type }) => type === "thinking")) {
    const known = memory.proofs.get(asText(block["signature"]));
    if (known !== undefined && known !== asText(block["thinking"]))
      return "`thinking` blocks cannot be modified";
    if (known === undefined && memory.proofs.size > 0) return "Invalid `signature` in `thinking` block";
  }
  // Before the last thing that the person said, thinking may be left out.
  const said = messages.findLastIndex((message) => readMessage(message)[0]?.role === "user");
  for (const blocks of messages.slice(said + 1).map(blocksOf)) {
    for (const block of blocks.filter(({ type }) => type === "tool_use")) {
      const issued = memory.calls.get(asText(block["id"]));
      if (!issued || issued.model !== model || issued.proof === "") continue;
      if (!blocks.some((other) => other["signature"] === issued.proof)) {
        return "Expected the `thinking` block that came with the `tool_use` block";
      }
    }
  }
  return null;
}

function checkAnswered(blocks: Json[], next: Json | undefined): string | null {
  const answered = new Set(next ? blocksOf(next).map((block) => block["tool_use_id"]) : []);
  const open = blocks.filter((block) => block["type"] === "tool_use" && !answered.has(block["id"]));
  if (open.length === 0) return null;
  const ids = open.map((block) => asText(block["id"])).join(", ");
  return `\`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids}`;
}

function checkResults(blocks: Json[], previous: Json | undefined): string | null {
  const asked = new Set(previous ? blocksOf(previous).map((block) => block["id"]) : []);
  const stray = blocks.find((block) => block["type"] === "tool_result" && !asked.has(block["tool_use_id"]));
  return stray ? `unexpected \`tool_use_id\` in \`tool_result\`: ${asText(stray["tool_use_id"])}` : null;
}

function wholeMessage({ turn, request, json, usage, memory, newId }: Answer): Json {
  const content: Json[] = [];
  let proof = "";
  if (["adaptive", "enabled"].includes(asText(asObject(json["thinking"])["type"]))) {
    proof = newId("sig");
    const thinking = `Thinking about ${callsOf(turn).length} calls.`;
    memory.proofs.set(proof, thinking);
    content.push({ type: "thinking", thinking, signature: proof });
  }
  if (turn.say) content.push({ type: "text", text: turn.say });
  for (const { name, input } of callsOf(turn)) {
    const id = newId("toolu");
    memory.calls.set(id, { model: request.model, proof });
    content.push({ type: "tool_use", id, name, input });
  }
  const calls = callsOf(turn).length > 0;
  const stop = turn.stop === "length" ? "max_tokens" : (turn.stop ?? (calls ? "tool_use" : "end_turn"));
  return {
    id: newId("msg"),
    type: "message",
    role: "assistant",
    model: request.model,
    content,
    stop_reason: stop,
    stop_sequence: null,
    usage: usage === "none" ? {} : usageOf(usage),
  };
}

function usageOf(usage: Exclude<Answer["usage"], "none">): Json {
  return {
    input_tokens: usage.inputTokens,
    cache_read_input_tokens: usage.cacheReadTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    output_tokens: usage.outputTokens,
  };
}

function blockEvents(block: Json, index: number, { turn }: Answer): Json[] {
  const delta = (value: Json): Json => ({ type: "content_block_delta", index, delta: value });
  const start = (content_block: Json): Json => ({ type: "content_block_start", index, content_block });
  const stop = { type: "content_block_stop", index };
  switch (block["type"]) {
    case "thinking":
      return [
        start({ ...block, thinking: "", signature: "" }),
        delta({ type: "thinking_delta", thinking: block["thinking"] }),
        delta({ type: "signature_delta", signature: block["signature"] }),
        stop,
      ];
    case "tool_use": {
      const text = turn.rawArguments ?? JSON.stringify(block["input"]);
      const parts = pieces(text).map((partial_json) => delta({ type: "input_json_delta", partial_json }));
      return [start({ ...block, input: {} }), ...parts, stop];
    }
    default: {
      const parts = pieces(asText(block["text"])).map((text) => delta({ type: "text_delta", text }));
      return [start({ type: "text", text: "" }), ...parts, stop];
    }
  }
}
