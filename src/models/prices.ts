import type { Usage } from "../core/usage.ts";

/**
 * US dollars for `usage`, or null where the table does not know the model. The table is Pydantic's genai-prices,
 * as of the installed version: https://github.com/pydantic/genai-prices
 * @param modelId `provider/id`
 */
export async function priceOf(modelId: string, usage: Usage): Promise<number | null> {
  const { provider, model } = splitModelId(modelId);
  if (provider === "scripted") return 0;
  // 800 KB: loaded with the first call, not with the program.
  const { calcPrice } = await import("@pydantic/genai-prices");
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens } = usage;
  const price = calcPrice(
    {
      input_tokens: inputTokens + cacheReadTokens + cacheWriteTokens,
      cache_read_tokens: cacheReadTokens,
      cache_write_tokens: cacheWriteTokens,
      output_tokens: outputTokens,
    },
    model,
    { providerId: provider },
  );
  return price === null ? null : price.total_price;
}

/** US dollars for a million uncached input tokens and for a million output tokens at the model's first price tier. */
export async function pricePerMTok(modelId: string): Promise<{ input: number; output: number } | null> {
  const one = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 };
  const input = await priceOf(modelId, { ...one, inputTokens: sample });
  const output = await priceOf(modelId, { ...one, outputTokens: sample });
  return input === null || output === null ? null : { input: input * perMTok, output: output * perMTok };
}

/** Below every tier's start (200,000 tokens and up). */
const sample = 1000;
const perMTok = 1_000_000 / sample;

/** `ollama/qwen3:8b` → ollama and qwen3:8b; the model's own id may have slashes. */
export function splitModelId(modelId: string): { provider: string; model: string } {
  const slash = modelId.indexOf("/");
  return slash === -1
    ? { provider: modelId, model: "" }
    : { provider: modelId.slice(0, slash), model: modelId.slice(slash + 1) };
}
