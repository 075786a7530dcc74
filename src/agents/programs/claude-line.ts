import { z } from "zod";
import type { GuestEvent } from "../guest/guest.ts";
import { readClaudeResult } from "./claude-end.ts";
import { claudeResult, type ClaudeResult } from "./claude-result.ts";
import { readJson } from "../guest/read-json.ts";
import { toolActivity } from "../guest/tool-activity.ts";

const init = z.object({ type: z.literal("system"), subtype: z.literal("init"), session_id: z.string() });

const retry = z.object({
  type: z.literal("system"),
  subtype: z.literal("api_retry"),
  attempt: z.number(),
  max_retries: z.number(),
  retry_delay_ms: z.number(),
  error_status: z.number().nullish(),
  error: z.string(),
});

const block = z.union([
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({ type: z.literal("tool_use"), name: z.string(), input: z.unknown() }),
  z.object({ type: z.string() }),
]);

const assistant = z.object({
  type: z.literal("assistant"),
  message: z.object({ model: z.string(), content: z.array(block) }),
});

const line = z.union([init, retry, assistant, claudeResult]);

/** The program's own words about an error come as a message of this model. */
const notAModel = "<synthetic>";

export function parseClaudeLine(text: string): GuestEvent[] {
  const event = readJson(line, text);
  switch (event?.type) {
    case undefined:
      return [];
    case "result":
      return readResult(event);
    case "assistant":
      return event.message.model === notAModel ? [] : event.message.content.flatMap(readBlock);
    case "system":
      return event.subtype === "init"
        ? [{ type: "session", id: event.session_id }]
        : [{ type: "retrying", text: describeRetry(event) }];
  }
}

function readBlock(part: z.infer<typeof block>): GuestEvent[] {
  if ("text" in part) return part.text.trim() === "" ? [] : [{ type: "said", text: part.text }];
  if ("name" in part) return [{ type: "activity", text: toolActivity(part.name, part.input) }];
  return [];
}

function describeRetry({
  attempt,
  max_retries,
  retry_delay_ms,
  error_status,
  error,
}: z.infer<typeof retry>): string {
  const why = typeof error_status === "number" ? `${error} (${error_status})` : error;
  return `${why}: tries again in ${Math.ceil(retry_delay_ms / 1000)} s (${attempt} of ${max_retries})`;
}

function readResult(result: ClaudeResult): GuestEvent[] {
  return [
    ...result.permission_denials.map(({ tool_name }): GuestEvent => ({ type: "denied", tool: tool_name })),
    ...usedOf(result),
    { type: "ended", end: readClaudeResult(result) },
  ];
}

/** Several calls in one; what a session's earlier starts used is not among them. */
function usedOf({ model_usage_since_last_result: models }: ClaudeResult): GuestEvent[] {
  return Object.entries(models).map(([model, used]) => ({
    type: "used",
    scope: "call",
    model,
    usage: {
      inputTokens: used.inputTokens,
      cacheReadTokens: used.cacheReadInputTokens,
      cacheWriteTokens: used.cacheCreationInputTokens,
      outputTokens: used.outputTokens,
    },
    usd: used.costUSD,
  }));
}
