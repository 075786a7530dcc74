import { z } from "zod";
import type { GuestEnd, GuestEvent } from "../guest/guest.ts";
import { readOpencodeError } from "./opencode-end.ts";
import { readJson } from "../guest/read-json.ts";
import { toolActivity } from "../guest/tool-activity.ts";

const sessionID = z.string();
const tokens = z.object({
  input: z.number(),
  output: z.number(),
  reasoning: z.number(),
  cache: z.object({ read: z.number(), write: z.number() }),
});
const state = z.object({ status: z.string(), input: z.unknown(), error: z.string().default("") });

const line = z.discriminatedUnion("type", [
  z.object({ type: z.literal("step_start"), sessionID }),
  z.object({ type: z.literal("text"), sessionID, part: z.object({ text: z.string() }) }),
  z.object({ type: z.literal("tool_use"), sessionID, part: z.object({ tool: z.string(), state }) }),
  z.object({
    type: z.literal("step_finish"),
    sessionID,
    part: z.object({ reason: z.string(), tokens, cost: z.number() }),
  }),
  z.object({
    type: z.literal("error"),
    sessionID,
    error: z.object({
      name: z.string(),
      data: z
        .object({ message: z.string().default(""), statusCode: z.number().optional() })
        .default({ message: "" }),
    }),
  }),
]);
type Line = z.infer<typeof line>;

const tooLong = "ContextOverflowError";

/** It has no last event: the end of a step says whether there is another one. */
export function startReadingOpencode(): (text: string) => GuestEvent[] {
  let session = "";
  let hasActed = false;
  const read = (event: Line): GuestEvent[] => {
    switch (event.type) {
      case "step_start":
        return [];
      case "text":
        if (event.part.text.trim() === "") return [];
        hasActed = true;
        return [{ type: "said", text: event.part.text }];
      case "tool_use":
        hasActed = true;
        return readTool(event.part);
      case "step_finish":
        return [usedOf(event.part), ...afterStep(event.part.reason, hasActed)];
      case "error": {
        const { name, data } = event.error;
        return [{ type: "ended", end: readOpencodeError({ name, ...data }) }];
      }
    }
  };
  return (text) => {
    const event = readJson(line, text);
    if (event === null) return [];
    const isNew = event.sessionID !== session;
    session = event.sessionID;
    return [...(isNew ? [{ type: "session", id: session } as const] : []), ...read(event)];
  };
}

/** A conversation that got too long is shortened and gone on with. */
export function isOpencodeOver(text: string): boolean {
  const event = readJson(line, text);
  if (event?.type === "error") return event.error.name !== tooLong;
  return (
    event?.type === "step_finish" && afterStep(event.part.reason, true).some(({ type }) => type === "ended")
  );
}

/** A tool is told of when it is through. */
function readTool({
  tool,
  state: { status, input, error },
}: Extract<Line, { type: "tool_use" }>["part"]): GuestEvent[] {
  const activity: GuestEvent = { type: "activity", text: toolActivity(tool, input) };
  const isDenied = status === "error" && /rejected permission|specified a rule which prevents/i.test(error);
  return isDenied ? [activity, { type: "denied", tool }] : [activity];
}

function afterStep(reason: string, hasActed: boolean): GuestEvent[] {
  switch (reason) {
    case "tool-calls":
      return [];
    case "stop":
      // Where the protocol has a refusal of its own, its words are not taken for text.
      return [
        hasActed
          ? ended({ type: "done" })
          : refused("It ended without a word or a deed, as after a refusal."),
      ];
    case "content-filter":
      return [refused("The model declined.")];
    case "length":
      return [
        ended({
          type: "failed",
          why: "error",
          message: "The model's answer was cut at its greatest length.",
        }),
      ];
    default:
      return [{ type: "retrying", text: "The model's answer broke off; it asks again." }];
  }
}

function refused(message: string): GuestEvent {
  return ended({ type: "failed", why: "refused", message });
}

function ended(end: GuestEnd): GuestEvent {
  return { type: "ended", end };
}

function usedOf({
  tokens: { input, output, reasoning, cache },
  cost,
}: Extract<Line, { type: "step_finish" }>["part"]): GuestEvent {
  return {
    type: "used",
    scope: "call",
    model: null,
    usage: {
      inputTokens: input,
      cacheReadTokens: cache.read,
      cacheWriteTokens: cache.write,
      outputTokens: output + reasoning,
    },
    // It is 0 for a model whose price it does not know.
    usd: cost === 0 ? null : cost,
  };
}
