import type { AttemptFailure } from "../core/event.ts";

/** Ends the loop from wherever it is; `work` turns it into a failed result, so it never leaves the agent. */
export class Stopped extends Error {
  readonly failure: AttemptFailure;
  constructor(failure: AttemptFailure) {
    super(failure.reason);
    this.failure = failure;
  }
}

/** The promise, or the signal's reason as soon as it aborts: also for work that does not listen to signals. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
