import { z } from "zod";
import type { GuestEvent } from "../guest/guest.ts";
import { readPiError, readPiMessage } from "./pi-end.ts";
import { piMessage, type PiMessage } from "./pi-message.ts";
import { readJson } from "../guest/read-json.ts";
import { toolActivity } from "../guest/tool-activity.ts";

const state = z.object({
  type: z.literal("response"),
  command: z.literal("get_state"),
  data: z.object({ sessionId: z.string() }),
});

const refused = z.object({
  type: z.literal("response"),
  command: z.string(),
  success: z.literal(false),
  error: z.string().default("no reason given"),
});

const messageEnd = z.object({ type: z.literal("message_end"), message: piMessage });

const tool = z.object({ type: z.literal("tool_execution_start"), toolName: z.string(), args: z.unknown() });

const retry = z.object({
  type: z.literal("auto_retry_start"),
  attempt: z.number(),
  maxAttempts: z.number(),
  delayMs: z.number(),
  errorMessage: z.string(),
});

/** Not yet the end of the start: a compaction, or a turn for a note, may follow. */
const agentEnd = z.object({
  type: z.literal("agent_end"),
  messages: z.array(z.union([piMessage, z.object({ role: z.string() })])),
  willRetry: z.boolean().default(false),
});

const settled = z.object({ type: z.literal("agent_settled") });

const line = z.union([state, refused, messageEnd, tool, retry, agentEnd]);

export function parsePiLine(text: string): GuestEvent[] {
  const event = readJson(line, text);
  switch (event?.type) {
    case undefined:
      return [];
    case "response":
      return "data" in event ? [{ type: "session", id: event.data.sessionId }] : readRefusal(event);
    case "message_end":
      return readMessageEnd(event.message);
    case "tool_execution_start":
      return [{ type: "activity", text: toolActivity(event.toolName, event.args) }];
    case "auto_retry_start":
      return [{ type: "retrying", text: describeRetry(event) }];
    case "agent_end": {
      const last = event.messages.findLast((message): message is PiMessage => "stopReason" in message);
      return event.willRetry || last === undefined ? [] : [{ type: "ended", end: readPiMessage(last) }];
    }
  }
}

/** Input that ends before that ends pi in the middle of its work. */
export function isOverForPi(text: string): boolean {
  const event = readJson(z.union([settled, refused]), text);
  return event?.type === "agent_settled" || event?.command === "prompt";
}

/** A note that came too late is no failure of the work. */
function readRefusal({ command, error }: z.infer<typeof refused>): GuestEvent[] {
  if (command !== "prompt") return [{ type: "activity", text: `${command}: ${error}` }];
  // Where to read more, in files of the program's own, comes after an empty line.
  return [{ type: "ended", end: readPiError(error.split("\n\n", 1)[0] ?? error) }];
}

function readMessageEnd({ content, usage, model }: PiMessage): GuestEvent[] {
  const said = content.flatMap((part): GuestEvent[] =>
    part.type === "text" && part.text.trim() !== "" ? [{ type: "said", text: part.text }] : [],
  );
  const { input, output, cacheRead, cacheWrite, cost } = usage;
  const tokens = {
    inputTokens: input,
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    outputTokens: output,
  };
  // A call that failed has nothing to count.
  if (input + output + cacheRead + cacheWrite === 0) return said;
  return [...said, { type: "used", scope: "call", model, usage: tokens, usd: cost.total }];
}

function describeRetry({ attempt, maxAttempts, delayMs, errorMessage }: z.infer<typeof retry>): string {
  const why = errorMessage.replaceAll(/\s+/g, " ").slice(0, 200);
  return `${why}: tries again in ${Math.ceil(delayMs / 1000)} s (${attempt} of ${maxAttempts})`;
}
