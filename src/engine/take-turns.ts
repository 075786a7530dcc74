/** Runs work after all earlier work of the same key has ended, whatever came of that. Rejects at once when `signal` is aborted. */
export type Turns = <T>(key: string, signal: AbortSignal, work: () => Promise<T>) => Promise<T>;

/** Two that want the same at one moment: the second begins when the first is done, and finds its result. */
export function takeTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return async (key, signal, work) => {
    const before = last.get(key) ?? Promise.resolve();
    const turn = follow(before, signal, work);
    // Who gives up leaves the line, but not those behind it to run beside the first.
    const end = Promise.allSettled([before, turn]);
    last.set(key, end);
    try {
      return await turn;
    } finally {
      void end.then(() => last.get(key) === end && last.delete(key));
    }
  };
}

async function follow<T>(before: Promise<unknown>, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    await Promise.race([before, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
  return work();
}
