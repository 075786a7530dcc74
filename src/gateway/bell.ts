import type { GatewayOptions } from "./gateway.ts";

/** What several calls wait for at once. */
export type Bell = {
  /** Wakes everybody who waits now, in the order in which they came. */
  ring: () => void;
  /** Resolves when the bell rings or `ms` have passed. Throws the signal's reason. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** A wait is cut into pieces of this length, so that there is a sign of life in each: shorter than anybody's patience. */
export const pulseMs = 1_000;
/** How often a long wait is told anew. */
export const heartbeatMs = 30_000;

export function createBell(sleep: GatewayOptions["sleep"]): Bell {
  const waiting = new Set<() => void>();
  return {
    ring: () => {
      const woken = [...waiting];
      waiting.clear();
      for (const wake of woken) wake();
    },
    wait: async (ms, signal) => {
      signal.throwIfAborted();
      const awake = new AbortController();
      let wake = (): void => {};
      const rung = new Promise<void>((resolve) => {
        wake = resolve;
        waiting.add(resolve);
      });
      try {
        await Promise.race([rung, sleep(ms, AbortSignal.any([signal, awake.signal]))]);
      } finally {
        waiting.delete(wake);
        // Ends the sleep that lost; the race has taken its rejection.
        awake.abort();
      }
    },
  };
}
