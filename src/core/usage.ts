/** Tokens of one or more model calls. The four counts are disjoint: their sum is what was processed. */
export type Usage = {
  /** Read from the prompt and neither from nor into a cache. */
  inputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  /** Reasoning included. */
  outputTokens: number;
};

export const noUsage: Usage = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 };

function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    outputTokens: a.outputTokens + b.outputTokens,
  };
}

export function totalTokens(usage: Usage): number {
  return usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens + usage.outputTokens;
}

/** What was spent. `usd` counts only calls with a known price; `unpricedCalls` says how many it leaves out. */
export type Spend = { usage: Usage; usd: number; calls: number; unpricedCalls: number };

export const noSpend: Spend = { usage: noUsage, usd: 0, calls: 0, unpricedCalls: 0 };

/** @param usd the call's price in US dollars, or null where the model's price is not known. */
export function addCall(spend: Spend, usage: Usage, usd: number | null): Spend {
  return {
    usage: addUsage(spend.usage, usage),
    usd: spend.usd + (usd ?? 0),
    calls: spend.calls + 1,
    unpricedCalls: spend.unpricedCalls + (usd === null ? 1 : 0),
  };
}
