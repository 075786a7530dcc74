import type Anthropic from "@anthropic-ai/sdk";
import type { Endpoint } from "./endpoint.ts";
import type { AssistantMessage, Message, ModelRequest, ToolSpec } from "./model.ts";

type Body = Anthropic.MessageCreateParamsStreaming;
type Param = { role: "user" | "assistant"; content: Blocks };
type Blocks = Anthropic.ContentBlockParam[];

const cached = { type: "ephemeral" } as const;

/**
 * A request in Anthropic's form, as the bytes of its JSON. All four cache breakpoints are used: tools, system, and the last two messages
 * that are not the model's, because a lookup goes back 20 blocks only and one answer may hold more tool calls than that.
 * Source: platform.claude.com/docs/en/build-with-claude/prompt-caching
 *
 * A conversation is sent anew with every turn: what came before is not serialised again.
 */
export function bodyOf({ id, model }: Endpoint, request: ModelRequest): Uint8Array {
  const frame: Omit<Body, "messages"> = {
    model,
    max_tokens: request.maxOutputTokens,
    stream: true,
    ...(request.system === ""
      ? {}
      : { system: [{ type: "text", text: request.system, cache_control: cached }] }),
    ...(request.tools.length === 0 ? {} : { tools: request.tools.map(toTool) }),
    ...steering(model, request),
  };
  const parts = request.messages.map((message) => partOf(message, id));
  const marked = new Set(parts.filter(({ role }) => role === "user").slice(-2));
  const pieces = parts.flatMap((part) =>
    marked.has(part) && part.canBeMarked ? [part.bytes.subarray(0, -end.length), mark] : [part.bytes],
  );
  return Buffer.concat([
    Buffer.from(`${JSON.stringify(frame).slice(0, -1)},"messages":[`),
    ...pieces.flatMap((piece, index) => (index === 0 || piece === mark ? [piece] : [comma, piece])),
    Buffer.from("]}"),
  ]);
}

const comma = Buffer.from(",");
/** How the JSON of a message ends, and what it ends with instead where a breakpoint is set at its last block. */
const end = "}]}";
const mark = Buffer.from(`,"cache_control":${JSON.stringify(cached)}${end}`);

type Part = { role: Param["role"]; canBeMarked: boolean; bytes: Buffer };

/** By message, which never changes, and by the model that its own form was kept for. */
const parts = new WeakMap<Message, Map<string, Part>>();

function partOf(message: Message, id: string): Part {
  const known = parts.get(message) ?? new Map<string, Part>();
  parts.set(message, known);
  const before = known.get(id);
  if (before !== undefined) return before;
  const param = toParam(message, id);
  const last = param.content.at(-1)?.type;
  const canBeMarked = last === "text" || last === "tool_result";
  const part = { role: param.role, canBeMarked, bytes: Buffer.from(JSON.stringify(param)) };
  known.set(id, part);
  return part;
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

function toParam(message: Message, id: string): Param {
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
