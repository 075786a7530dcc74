import { fileURLToPath } from "node:url";
import { calcPrice, findProvider, type ModelPrice } from "@pydantic/genai-prices";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Usage } from "../../src/core/usage.ts";
import { knownRatesOf, priceOf } from "../../src/models/prices.ts";

const file = fileURLToPath(new URL("../../src/models/known-rates.json", import.meta.url));

function priceByTable(id: string, usage: Usage): number | null {
  const slash = id.indexOf("/");
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens } = usage;
  const counts = {
    input_tokens: inputTokens + cacheReadTokens + cacheWriteTokens,
    cache_read_tokens: cacheReadTokens,
    cache_write_tokens: cacheWriteTokens,
    output_tokens: outputTokens,
  };
  return calcPrice(counts, id.slice(slash + 1), { providerId: id.slice(0, slash) })?.total_price ?? null;
}

/** Of what costs the same at every hour and date, and nothing for the call itself; null for all else. */
function readRates(id: string): number[] | null {
  const slash = id.indexOf("/");
  const found = calcPrice({ input_tokens: 1 }, id.slice(slash + 1), { providerId: id.slice(0, slash) });
  if (found === null || Array.isArray(found.model.prices)) return null;
  if (Object.keys(found.model_price).some((name) => name.startsWith("requests"))) return null;
  const nothing = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 };
  const of = (kind: keyof Usage): number =>
    Number(((priceByTable(id, { ...nothing, [kind]: 1000 }) ?? 0) * 1000).toPrecision(12));
  const rates = [of("inputTokens"), of("cacheReadTokens"), of("cacheWriteTokens"), of("outputTokens")];
  return [...rates, ...firstTier(found.model_price)];
}

/** The most input tokens below the first tier; nothing where there is none. */
function firstTier(price: ModelPrice): number[] {
  const starts = Object.values(price).flatMap((each) =>
    typeof each === "object" ? each.tiers.map(({ start }) => start) : [],
  );
  return starts.length === 0 ? [] : [Math.min(...starts)];
}

function readAll(): Record<string, number[]> {
  const ids = ["anthropic", "google", "openai"].flatMap((providerId) =>
    (findProvider({ providerId })?.models ?? []).map(({ id }) => `${providerId}/${id}`),
  );
  const known = [...new Set(ids)].sort().map((id) => [id, readRates(id)] as const);
  return Object.fromEntries(known.flatMap(([id, rates]) => (rates === null ? [] : [[id, rates]])));
}

const rates = readAll();

test("the rates that are kept are the table's; `npx vitest run test/models -u` writes them", async () => {
  const lines = Object.entries(rates).map(([id, each]) => `  ${JSON.stringify(id)}: [${each.join(", ")}]`);
  await expect(`{\n${lines.join(",\n")}\n}\n`).toMatchFileSnapshot(file);
});

const count = fc.oneof(fc.nat(2000), fc.nat(400_000));
const usages = fc.record({
  inputTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
  outputTokens: count,
});

test("by them a call costs what the table says, in every tier", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...Object.keys(rates)), usages, async (id, usage) => {
      const expected = priceByTable(id, usage);
      expect(await priceOf(id, usage)).toBeCloseTo(expected ?? Number.NaN, 9);
    }),
    { numRuns: 2000 },
  );
});

test("those of the default models are known where they hold at any date", () => {
  for (const id of ["anthropic/claude-opus-5-5", "openai/gpt-5.5"]) expect(knownRatesOf(id)).not.toBeNull();
  expect(knownRatesOf("google/gemini-3.8-flash")).toBeNull();
  expect(knownRatesOf("anthropic/claude-of-tomorrow")).toBeNull();
  expect(knownRatesOf("constructor")).toBeNull();
});
