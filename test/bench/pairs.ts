import { median } from "./table.ts";

/** Milliseconds of the same work without agentx and with it, measured in turns. */
export type Pairs = { baseline: number[]; ours: number[] };

export type Comparison = {
  baselineMs: number;
  oursMs: number;
  /** Median of the pairs' own ratios: a busy second falls on both sides of a pair. */
  ratio: number;
  /** The baseline's median by its minimum: how much the machine alone makes of it. */
  spread: number;
};

type Work = () => Promise<void>;

/**
 * The one that goes first changes with each pair. One pair before counts for nothing: it fills the caches.
 * @param work `makeReady` comes before each of ours and is not measured
 */
export async function measurePairs(
  work: { baseline: Work; ours: Work; makeReady?: Work },
  { pairs }: { pairs: number },
): Promise<Pairs> {
  const found: Pairs = { baseline: [], ours: [] };
  for (let pair = -1; pair < pairs; pair += 1) {
    const order = pair % 2 === 0 ? (["baseline", "ours"] as const) : (["ours", "baseline"] as const);
    for (const side of order) {
      if (side === "ours") await work.makeReady?.();
      const begun = performance.now();
      await work[side]();
      if (pair >= 0) found[side].push(performance.now() - begun);
    }
  }
  return found;
}

export function compare({ baseline, ours }: Pairs): Comparison {
  const ratios = ours.map((ms, index) => ms / (baseline[index] ?? Number.NaN));
  const baselineMs = median(baseline);
  return {
    baselineMs,
    oursMs: median(ours),
    ratio: median(ratios),
    spread: baselineMs / Math.min(...baseline),
  };
}
