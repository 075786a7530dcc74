import { z } from "zod";
import type { GuestEvent } from "../guest/guest.ts";
import { codexActivity, type CodexItem } from "./codex-item.ts";
import { readCodexMessage } from "./codex-end.ts";
import { readJson } from "../guest/read-json.ts";

const item: z.ZodType<CodexItem> = z.looseObject({ type: z.string() });
const failure = z.object({ message: z.string() });

const line = z.discriminatedUnion("type", [
  z.object({ type: z.literal("thread.started"), thread_id: z.string() }),
  z.object({ type: z.literal("item.started"), item }),
  z.object({ type: z.literal("item.completed"), item }),
  z.object({
    type: z.literal("turn.completed"),
    usage: z.object({
      input_tokens: z.number(),
      cached_input_tokens: z.number().default(0),
      cache_write_input_tokens: z.number().default(0),
      output_tokens: z.number(),
    }),
  }),
  z.object({ type: z.literal("turn.failed"), error: failure }),
  z.object({ type: z.literal("error"), message: z.string() }),
]);
type Line = z.infer<typeof line>;

/** A refusal is nowhere told: the turn completes, with no word in it. */
const silent: GuestEvent = {
  type: "ended",
  end: { type: "failed", why: "refused", message: "It ended without a word or a deed, as after a refusal." },
};

export function startReadingCodex(): (text: string) => GuestEvent[] {
  let hasActed = false;
  const read = (event: Line): GuestEvent[] => {
    switch (event.type) {
      case "thread.started":
        return [{ type: "session", id: event.thread_id }];
      case "item.started":
      case "item.completed": {
        const events = readItem(event.item, event.type === "item.completed");
        if (events.length > 0) hasActed = true;
        return events;
      }
      case "turn.completed":
        return [usedOf(event.usage), hasActed ? { type: "ended", end: { type: "done" } } : silent];
      case "turn.failed":
        return [{ type: "ended", end: readCodexMessage(event.error.message) }];
      case "error":
        // The last one is told again as the turn's failure.
        return /^Reconnecting/i.test(event.message) ? [{ type: "retrying", text: event.message }] : [];
    }
  };
  return (text) => {
    const event = readJson(line, text);
    return event === null ? [] : read(event);
  };
}

function readItem(told: CodexItem, isCompleted: boolean): GuestEvent[] {
  if (told.type === "agent_message") {
    const text = told["text"];
    return isCompleted && typeof text === "string" && text.trim() !== "" ? [{ type: "said", text }] : [];
  }
  const text = codexActivity(told, isCompleted);
  return text === null ? [] : [{ type: "activity", text }];
}

/** After a resume this counts the thread from its beginning. */
function usedOf(usage: Extract<Line, { type: "turn.completed" }>["usage"]): GuestEvent {
  const { input_tokens, cached_input_tokens, cache_write_input_tokens, output_tokens } = usage;
  return {
    type: "used",
    scope: "total",
    model: null,
    usage: {
      inputTokens: Math.max(0, input_tokens - cached_input_tokens - cache_write_input_tokens),
      cacheReadTokens: cached_input_tokens,
      cacheWriteTokens: cache_write_input_tokens,
      outputTokens: output_tokens,
    },
    usd: null,
  };
}
