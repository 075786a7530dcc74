import { z } from "zod";
import type { GuestEvent } from "../guest/guest.ts";
import { whyGeminiFailed } from "./gemini-end.ts";
import { readJson } from "../guest/read-json.ts";
import { toolActivity } from "../guest/tool-activity.ts";

const stats = z.object({
  input_tokens: z.number(),
  total_tokens: z.number(),
  cached: z.number().default(0),
});
type Stats = z.infer<typeof stats>;

const line = z.discriminatedUnion("type", [
  z.object({ type: z.literal("init"), session_id: z.string() }),
  z.object({ type: z.literal("message"), role: z.string(), content: z.string() }),
  z.object({
    type: z.literal("tool_use"),
    tool_name: z.string(),
    tool_id: z.string(),
    parameters: z.unknown(),
  }),
  z.object({
    type: z.literal("tool_result"),
    tool_id: z.string(),
    error: z.object({ type: z.string().default("") }).optional(),
  }),
  z.object({ type: z.literal("error"), severity: z.string(), message: z.string() }),
  z.object({
    type: z.literal("result"),
    status: z.string(),
    error: z.object({ type: z.string().default(""), message: z.string() }).optional(),
    stats: stats.extend({ models: z.record(z.string(), stats).default({}) }).optional(),
  }),
]);
type Line = z.infer<typeof line>;

/** The model's words come in pieces, and the result does not repeat the error that was told before it. */
export function startReadingGemini(): (text: string) => GuestEvent[] {
  const tools = new Map<string, string>();
  let words = "";
  let trouble = "";
  const takeWords = (): GuestEvent[] => {
    const said: GuestEvent[] = words.trim() === "" ? [] : [{ type: "said", text: words }];
    words = "";
    return said;
  };

  const read = (event: Line): GuestEvent[] => {
    switch (event.type) {
      case "init":
        return [{ type: "session", id: event.session_id }];
      case "message":
        if (event.role === "assistant") words += event.content;
        return [];
      case "tool_use":
        tools.set(event.tool_id, event.tool_name);
        return [...takeWords(), { type: "activity", text: toolActivity(event.tool_name, event.parameters) }];
      case "tool_result":
        return isDenial(event.error?.type)
          ? [{ type: "denied", tool: tools.get(event.tool_id) ?? "a tool" }]
          : [];
      case "error":
        if (event.severity === "error") trouble = event.message;
        return [
          ...takeWords(),
          { type: "activity", text: toolActivity("problem:", { description: event.message }) },
        ];
      case "result":
        return [...takeWords(), ...usedOf(event.stats), { type: "ended", end: endOf(event, trouble) }];
    }
  };
  return (text) => {
    const event = readJson(line, text);
    return event === null ? [] : read(event);
  };
}

function isDenial(type: string | undefined): boolean {
  return type === "policy_violation";
}

function endOf(
  { status, error }: Extract<Line, { type: "result" }>,
  trouble: string,
): Extract<GuestEvent, { type: "ended" }>["end"] {
  if (status === "success") return { type: "done" };
  const message = error?.message ?? (trouble || "gemini told an error without saying which.");
  return { type: "failed", why: whyGeminiFailed(message, error?.type), message };
}

/** Thoughts are in the total only. */
function usedOf(all: (Stats & { models: Record<string, Stats> }) | undefined): GuestEvent[] {
  return Object.entries(all?.models ?? {}).map(([model, { input_tokens, total_tokens, cached }]) => ({
    type: "used",
    scope: "total",
    model,
    usage: {
      inputTokens: Math.max(0, input_tokens - cached),
      cacheReadTokens: cached,
      cacheWriteTokens: 0,
      outputTokens: Math.max(0, total_tokens - input_tokens),
    },
    usd: null,
  }));
}
