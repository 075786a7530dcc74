import { z } from "zod";

/** What one model was used for. */
export type ClaudeModelUsage = {
  inputTokens: number;
  outputTokens: number;
  cacheReadInputTokens: number;
  cacheCreationInputTokens: number;
  /** US dollars, by the program's own list. */
  costUSD: number | null;
};

const modelUsage: z.ZodType<ClaudeModelUsage> = z.object({
  inputTokens: z.number(),
  outputTokens: z.number(),
  cacheReadInputTokens: z.number().default(0),
  cacheCreationInputTokens: z.number().default(0),
  costUSD: z.number().nullable().default(null),
});

/** The last line of a turn, with what counts of it. */
export type ClaudeResult = {
  type: "result";
  /** An API failure is a `success` with `is_error`. */
  subtype: string;
  is_error: boolean;
  result: string;
  errors: string[];
  stop_reason?: string | null | undefined;
  terminal_reason?: string | null | undefined;
  api_error_status?: number | null | undefined;
  api_error?: string | null | undefined;
  permission_denials: { tool_name: string }[];
  /** `modelUsage` and `total_cost_usd`, which are not read, are of the whole session with all its earlier starts. */
  model_usage_since_last_result: Record<string, ClaudeModelUsage>;
};

export const claudeResult: z.ZodType<ClaudeResult> = z.object({
  type: z.literal("result"),
  subtype: z.string(),
  is_error: z.boolean(),
  result: z.string().default(""),
  errors: z.array(z.string()).default([]),
  stop_reason: z.string().nullish(),
  terminal_reason: z.string().nullish(),
  api_error_status: z.number().nullish(),
  api_error: z.string().nullish(),
  permission_denials: z.array(z.object({ tool_name: z.string() })).default([]),
  model_usage_since_last_result: z.record(z.string(), modelUsage).default({}),
});
