import { setTimeout as sleep } from "node:timers/promises";

/** Looked at again this often: a machine that slept, or whose clock was set, does not wait by the old one. */
const longestStepMs = 15_000;

/**
 * Resolves at a moment, in milliseconds since 1970.
 * @throws the signal's reason
 */
export async function waitUntil(
  moment: number,
  { now, signal }: { now: () => number; signal: AbortSignal },
): Promise<void> {
  for (let left = moment - now(); left > 0; left = moment - now()) {
    await sleep(Math.min(left, longestStepMs), null, { signal });
  }
}
