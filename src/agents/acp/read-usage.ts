import { z } from "zod";
import type { Usage } from "../../core/usage.ts";
import { totalTokens } from "../../core/usage.ts";

const count = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);

const usage = z.object({
  inputTokens: count,
  outputTokens: count,
  cachedReadTokens: count,
  cachedWriteTokens: count,
});

/** gemini tells its tokens only here; cached ones are within the input. */
const quota = z.object({
  quota: z.object({ token_count: z.object({ input_tokens: count, output_tokens: count }) }),
});

/** Tokens of one prompt by a prompt's result, or null where it tells none. */
export function readUsage(told: unknown, meta: unknown): Usage | null {
  const read = usage.safeParse(told);
  const usual = read.success ? toUsage(read.data) : null;
  if (usual !== null && totalTokens(usual) > 0) return usual;
  const other = quota.safeParse(meta);
  if (!other.success) return null;
  const { input_tokens, output_tokens } = other.data.quota.token_count;
  return { inputTokens: input_tokens, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: output_tokens };
}

function toUsage(told: z.infer<typeof usage>): Usage {
  return {
    inputTokens: told.inputTokens,
    cacheReadTokens: told.cachedReadTokens,
    cacheWriteTokens: told.cachedWriteTokens,
    outputTokens: told.outputTokens,
  };
}
