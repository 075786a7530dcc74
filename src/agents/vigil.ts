import type { Limits } from "../core/run-settings.ts";
import { Stopped } from "./stopped.ts";

/** Watches over one `work`: aborts its signal with a Stopped when it is silent or late. */
export type Vigil = {
  signal: AbortSignal;
  /** A sign of life. */
  touch: () => void;
  /** What is waited for, for the reason: `model anthropic/x`, `shell`. */
  waitsFor: (what: string) => void;
  elapsedMs: () => number;
  [Symbol.dispose]: () => void;
};

const ticks = 4;

/**
 * Silence is counted in ticks of a quarter of `stallMs`, not in time on a clock: a process that was suspended, or a
 * clock that jumped, has missed one tick and not all of them. So a stall is noticed within 1.25 × `stallMs`.
 * @param now milliseconds on a clock that does not jump
 */
export function startVigil(watched: { signal: AbortSignal; limits: Limits; now: () => number }): Vigil {
  const { limits, now } = watched;
  const own = new AbortController();
  const began = now();
  let quiet = 0;
  let waitingFor = "the first step";
  const listen = setInterval(
    () => {
      quiet += 1;
      if (quiet >= ticks) own.abort(stalled(waitingFor, limits.stallMs));
    },
    Math.max(1, limits.stallMs / ticks),
  );
  const watchClock = setInterval(
    () => {
      if (now() - began >= limits.ms) own.abort(new Stopped(tooLate(limits.ms)));
    },
    Math.min(1000, Math.max(1, limits.ms)),
  );
  return {
    signal: AbortSignal.any([watched.signal, own.signal]),
    touch: () => {
      quiet = 0;
    },
    waitsFor: (what) => {
      quiet = 0;
      waitingFor = what;
    },
    elapsedMs: () => now() - began,
    [Symbol.dispose]: () => {
      clearInterval(listen);
      clearInterval(watchClock);
    },
  };
}

function stalled(waitingFor: string, stallMs: number): Stopped {
  return new Stopped({
    kind: "stall",
    reason: `no sign of life from ${waitingFor} for ${seconds(stallMs)} s`,
    hint: "raise limits.stall if such silence is normal here",
  });
}

export function tooLate(ms: number): Stopped["failure"] {
  return {
    kind: "limit",
    reason: `the attempt took longer than ${seconds(ms)} s`,
    hint: "split the task, or raise limits.minutes",
  };
}

function seconds(ms: number): string {
  return String(Math.round(ms / 100) / 10);
}
