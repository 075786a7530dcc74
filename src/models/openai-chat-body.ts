import type OpenAI from "openai";
import type { Endpoint } from "./endpoint.ts";
import type { AssistantMessage, Message, ModelRequest } from "./model.ts";

type Body = OpenAI.ChatCompletionCreateParamsNonStreaming;
type Param = OpenAI.ChatCompletionMessageParam;

/** A request in the form of Chat Completions; only fields that the compatible servers know too. */
export function bodyOf({ model }: Endpoint, request: ModelRequest): Body & { stream_options: object } {
  const { system, messages, tools, mustCall, maxOutputTokens } = request;
  const head: Param[] = system === "" ? [] : [{ role: "system", content: system }];
  return {
    model,
    messages: [...head, ...messages.flatMap(toParams)],
    ...(tools.length === 0
      ? {}
      : { tools: tools.map((tool) => ({ type: "function", function: { ...tool } })) }),
    ...(mustCall === null ? {} : { tool_choice: { type: "function", function: { name: mustCall } } }),
    max_tokens: maxOutputTokens,
    stream_options: { include_usage: true },
  };
}

function toParams(message: Message): Param[] {
  switch (message.role) {
    case "user":
      return [{ role: "user", content: message.text }];
    case "assistant":
      return [toAssistant(message)];
    case "tool":
      return message.results.map(({ id, text }) => ({ role: "tool", tool_call_id: id, content: text }));
  }
}

function toAssistant({ text, toolCalls }: AssistantMessage): Param {
  if (toolCalls.length === 0) return { role: "assistant", content: text };
  const tool_calls = toolCalls.map(({ id, name, input }) => ({
    id,
    type: "function" as const,
    // Servers that fill a template read these, and fail on what is no object.
    function: { name, arguments: JSON.stringify(input) },
  }));
  return { role: "assistant", content: text === "" ? null : text, tool_calls };
}
