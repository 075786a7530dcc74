import { createBell, heartbeatMs, pulseMs } from "./bell.ts";
import type { Failure } from "./failure.ts";
import type { GatewayOptions } from "./gateway.ts";

/** Leave to make one try. */
export type Pass = { type: "go"; at: number; isProbe: boolean };

export type Waiter = {
  /** On the gateway's clock. */
  deadline: number;
  signal: AbortSignal;
  /** A sign of life, with what the person may want to know, or "". */
  tell: (text: string) => void;
};

/** The pause of one provider, kept by every session's calls. */
export type Pause = {
  /** The last failure where the pause is longer than the caller's patience. Throws the signal's reason. */
  enter: (waiter: Waiter) => Promise<Pass | { type: "gone"; failure: Failure }>;
  failed: (pass: Pass, failure: Failure) => void;
  /** Answered: whoever waits may go. */
  succeeded: (pass: Pass) => void;
  /** Neither: the next one finds out. */
  leave: (pass: Pass) => void;
};

const firstWaitMs = 1_000;
const longestWaitMs = 60_000;

/** @param provider its name, for the person */
export function createPause(
  provider: string,
  { now, sleep, random }: Pick<GatewayOptions, "now" | "sleep" | "random">,
): Pause {
  const changed = createBell(sleep);
  let last: Failure | null = null;
  let until = 0;
  let failures = 0;
  let failedAt = Number.NEGATIVE_INFINITY;
  /** After a pause, calls go one at a time until one is answered. */
  let probe: Pass | null = null;

  function release(pass: Pass): void {
    if (probe !== pass) return;
    probe = null;
    changed.ring();
  }

  return {
    enter: async ({ deadline, signal, tell }) => {
      const told = { until: 0, at: Number.NEGATIVE_INFINITY };
      for (;;) {
        signal.throwIfAborted();
        const at = now();
        if (last === null) return { type: "go", at, isProbe: false };
        const left = until - at;
        if (left <= 0 && probe === null) return (probe = { type: "go", at, isProbe: true });
        if (Math.max(at, until) > deadline) return { type: "gone", failure: asOf(last, left) };
        if (told.until !== until || at - told.at >= heartbeatMs) {
          tell(
            `${reasonOf(last)} ${provider}, ${left > 0 ? `next try in ${seconds(left)} s` : "waits its turn"}`,
          );
          Object.assign(told, { until, at });
        }
        await changed.wait(left > 0 ? Math.min(left, pulseMs) : pulseMs, signal);
        tell("");
      }
    },
    failed: (pass, failure) => {
      // Calls that were under way together fail together, which is one failure.
      if (pass.isProbe || pass.at >= failedAt) failures += 1;
      until = Math.max(until, now() + waitAfter(failures, failure.retryAfterMs, random()));
      failedAt = now();
      last = failure;
      if (probe === pass) probe = null;
      changed.ring();
    },
    succeeded: (pass) => {
      if (pass.isProbe) {
        last = null;
        failures = 0;
      }
      release(pass);
    },
    leave: release,
  };
}

/** A wait that the provider named is shorter for who comes later. */
function asOf(failure: Failure, left: number): Failure {
  return failure.retryAfterMs === null ? failure : { ...failure, retryAfterMs: Math.max(0, left) };
}

function reasonOf({ passes }: Failure): string {
  if (passes === "rate limited") return "rate limited by";
  return passes === "overloaded" ? "overload at" : "no connection to";
}

/** What the provider asks for at the least, else doubling, with jitter. */
function waitAfter(failures: number, retryAfterMs: number | null, random: number): number {
  if (retryAfterMs !== null) return retryAfterMs + random * firstWaitMs;
  const longest = Math.min(longestWaitMs, firstWaitMs * 2 ** (failures - 1));
  return longest / 2 + (random * longest) / 2;
}

function seconds(ms: number): number {
  return Math.max(1, Math.round(ms / 1000));
}
