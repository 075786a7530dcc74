import type Anthropic from "@anthropic-ai/sdk";
import type { Endpoint } from "./endpoint.ts";
import type { AssistantMessage, Message, ModelRequest, ToolSpec } from "./model.ts";

type Body = Anthropic.MessageCreateParamsNonStreaming;
type Blocks = Anthropic.ContentBlockParam[];

const cached = { type: "ephemeral" } as const;

/**
 * A request in Anthropic's form. All four cache breakpoints are used: tools, system, and the last two messages that
 * are not the model's, because a lookup goes back 20 blocks only and one answer may hold more tool calls than that.
 * Source: platform.claude.com/docs/en/build-with-claude/prompt-caching
 */
export function bodyOf({ id, model }: Endpoint, request: ModelRequest): Body {
  const messages = request.messages.map((message) => toParam(message, id));
  const marked = messages.filter(({ role }) => role === "user").slice(-2);
  for (const { content } of marked) markLast(content);
  return {
    model,
    max_tokens: request.maxOutputTokens,
    ...(request.system === ""
      ? {}
      : { system: [{ type: "text", text: request.system, cache_control: cached }] }),
    ...(request.tools.length === 0 ? {} : { tools: request.tools.map(toTool) }),
    messages,
    ...steering(model, request),
  };
}

function toTool(
  { name, description, parameters }: ToolSpec,
  index: number,
  all: readonly ToolSpec[],
): Anthropic.Tool {
  const tool: Anthropic.Tool = { name, description, input_schema: { ...parameters, type: "object" } };
  return index === all.length - 1 ? { ...tool, cache_control: cached } : tool;
}

/**
 * Adaptive thinking exists from version 4.6 on; older models go without. A tool can be forced only while the model
 * does not think, and Fable and Mythos always do: there the prompt has to say it.
 * Source: platform.claude.com/docs/en/build-with-claude/adaptive-thinking
 */
function steering(model: string, { mustCall }: ModelRequest): Pick<Body, "thinking" | "tool_choice"> {
  const choice = mustCall === null ? {} : { tool_choice: { type: "tool" as const, name: mustCall } };
  if (!thinksAdaptively(model)) return choice;
  if (mustCall === null || /fable|mythos/.test(model)) return { thinking: { type: "adaptive" } };
  return { thinking: { type: "disabled" }, ...choice };
}

function thinksAdaptively(model: string): boolean {
  if (model.includes("mythos")) return true;
  // A second number of more than two digits is a date: claude-opus-4-20250514.
  const [, major = "0", minor = "0"] = /^claude-[a-z]+-(\d+)(?:-(\d{1,2})(?!\d))?/.exec(model) ?? [];
  return Number(major) * 100 + Number(minor) >= 406;
}

function toParam(message: Message, id: string): { role: "user" | "assistant"; content: Blocks } {
  switch (message.role) {
    case "user":
      return { role: "user", content: [{ type: "text", text: nonEmpty(message.text) }] };
    case "assistant":
      return { role: "assistant", content: assistantBlocks(message, id) };
    case "tool":
      return {
        role: "user",
        content: message.results.map((result) => ({
          type: "tool_result",
          tool_use_id: result.id,
          content: result.text,
          ...(result.isError ? { is_error: true } : {}),
        })),
      };
  }
}

function assistantBlocks({ text, toolCalls, native }: AssistantMessage, id: string): Blocks {
  const calls: Blocks = toolCalls.map((call) => ({
    type: "tool_use",
    id: call.id,
    name: call.name,
    input: call.input,
  }));
  const words: Blocks = text.trim() === "" ? [] : [{ type: "text", text }];
  const kept = nativeBlocks(native, id) ?? words;
  const blocks = kept.some(({ type }) => type === "tool_use") ? kept : [...kept, ...calls];
  return blocks.some(({ type }) => type === "text" || type === "tool_use")
    ? blocks
    : [...blocks, { type: "text", text: nonEmpty("") }];
}

/** What this adapter kept of the same model's answer. */
function nativeBlocks(native: AssistantMessage["native"], id: string): Blocks | null {
  if (native?.model !== id || !Array.isArray(native.value)) return null;
  return (native.value as Blocks).filter((block) => block.type !== "text" || block.text.trim() !== "");
}

/** The API refuses empty text, and a message may not be left out without shifting all others. */
function nonEmpty(text: string): string {
  return text.trim() === "" ? "(nothing)" : text;
}

function markLast(content: Blocks): void {
  const last = content.at(-1);
  if (last?.type === "text" || last?.type === "tool_result") last.cache_control = cached;
}
