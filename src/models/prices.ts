import type * as Prices from "@pydantic/genai-prices";
import type { Usage } from "../core/usage.ts";
import knownRates from "./known-rates.json" with { type: "json" };

/**
 * US dollars for `usage`, or null where the table does not know the model. The table is Pydantic's genai-prices,
 * as of the installed version: https://github.com/pydantic/genai-prices
 * @param modelId `provider/id`
 */
export async function priceOf(modelId: string, usage: Usage): Promise<number | null> {
  const { provider, model } = splitModelId(modelId);
  if (provider === "scripted") return 0;
  const known = knownRatesOf(modelId);
  if (known !== null && inputOf(usage) <= known.mostInputTokens) return sumUp(usage, known.rates);
  const learnt = rates.get(modelId);
  if (learnt !== undefined) return learnt === null ? null : sumUp(usage, learnt);
  const { calcPrice } = await loadTable();
  const look = (one: Usage) =>
    calcPrice(
      {
        input_tokens: inputOf(one),
        cache_read_tokens: one.cacheReadTokens,
        cache_write_tokens: one.cacheWriteTokens,
        output_tokens: one.outputTokens,
      },
      model,
      { providerId: provider },
    );
  const price = look(usage);
  if (price === null) rates.set(modelId, null);
  if (price === null || !isFlat(price)) return price?.total_price ?? null;
  const found = ratesOf((one) => look(one)?.total_price ?? 0);
  rates.set(modelId, found);
  // By these also the first time: the same call costs the same to the last digit, whenever it comes.
  return sumUp(usage, found);
}

type KnownRates = { rates: Usage; mostInputTokens: number };

/** What the table's models of three vendors cost, without the table: it takes longer to load than a bare Node to start. Null for any other. */
export function knownRatesOf(modelId: string): KnownRates | null {
  if (!Object.hasOwn(knownRates, modelId)) return null;
  const [input = 0, cacheRead = 0, cacheWrite = 0, output = 0, mostInputTokens = Infinity] =
    knownRates[modelId as keyof typeof knownRates];
  const rates = {
    inputTokens: input,
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    outputTokens: output,
  };
  return { rates, mostInputTokens };
}

function inputOf({ inputTokens, cacheReadTokens, cacheWriteTokens }: Usage): number {
  return inputTokens + cacheReadTokens + cacheWriteTokens;
}

let table: Promise<typeof Prices> | null = null;

/** 800 KB: loaded with the first call that it prices, not with the program. */
function loadTable(): Promise<typeof Prices> {
  return (table ??= import("@pydantic/genai-prices"));
}

/** Loads what prices a call of this model, best while its answer is waited for. */
export async function preparePrice(modelId: string): Promise<void> {
  if (knownRatesOf(modelId) === null) await loadTable();
}

/**
 * Dollars for a million tokens of each kind, of models that always cost the same, or null where the table does not know the model: asking the table
 * takes half a millisecond, in which hundred workers wait for one another.
 */
const rates = new Map<string, Usage | null>();

/** No tiers by size, no times of the day or dates, nothing for the call itself. */
function isFlat({ model, model_price: price }: Prices.PriceCalculation): boolean {
  return (
    !Array.isArray(model.prices) &&
    Object.entries(price).every(([name, each]) => typeof each !== "object" && !name.startsWith("requests"))
  );
}

function ratesOf(priceOfUsage: (usage: Usage) => number): Usage {
  const of = (kind: keyof Usage): number => priceOfUsage({ ...nothing, [kind]: 1_000_000 });
  return {
    inputTokens: of("inputTokens"),
    cacheReadTokens: of("cacheReadTokens"),
    cacheWriteTokens: of("cacheWriteTokens"),
    outputTokens: of("outputTokens"),
  };
}

function sumUp(usage: Usage, rate: Usage): number {
  const kinds = Object.keys(nothing) as (keyof Usage)[];
  return kinds.reduce((sum, kind) => sum + usage[kind] * rate[kind], 0) / 1_000_000;
}

/** US dollars for a million uncached input tokens and for a million output tokens at the model's first price tier. */
export async function pricePerMTok(modelId: string): Promise<{ input: number; output: number } | null> {
  const input = await priceOf(modelId, { ...nothing, inputTokens: sample });
  const output = await priceOf(modelId, { ...nothing, outputTokens: sample });
  return input === null || output === null ? null : { input: input * perMTok, output: output * perMTok };
}

const nothing: Usage = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 };

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
