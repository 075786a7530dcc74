import { type Estimates, noEstimates, type Sample } from "./estimate.ts";

/** How long a begun task took so far, and since when it has been going on; null while it waits. In milliseconds. */
export type Clock = { tookMs: number; since: number | null };

/** What a run knows of time. Replaced, never changed. */
export type Timing = {
  /** Of tasks that are begun and not ended. */
  clocks: ReadonlyMap<string, Clock>;
  /** The last tasks that ended well, the latest last. */
  samples: readonly Sample[];
  /** What is believed: follows the samples when they say something materially different. */
  estimates: Estimates;
};

export const noTiming: Timing = { clocks: new Map(), samples: [], estimates: noEstimates };
