/** How the outside steers a running dispatcher: wakes it, and stops it in two steps. */
export type RunControl = {
  /** After the first interrupt: nothing new is started. */
  readonly draining: boolean;
  /** After the second: what runs is stopped. */
  readonly stopping: boolean;
  /** Names of the signals so far, first to last. */
  readonly signals: readonly string[];
  interrupt: (signal: string) => void;
  wake: () => void;
  /** Resolves at the next wake, or at once when one came since the last call. */
  nextWake: () => Promise<void>;
};

export function createRunControl(): RunControl {
  const signals: string[] = [];
  let isAwake = false;
  let resolveWake: (() => void) | null = null;
  const wake = (): void => {
    isAwake = true;
    resolveWake?.();
  };
  return {
    get draining() {
      return signals.length >= 1;
    },
    get stopping() {
      return signals.length >= 2;
    },
    signals,
    interrupt: (signal) => {
      signals.push(signal);
      wake();
    },
    wake,
    nextWake: async () => {
      if (!isAwake) {
        const { promise, resolve } = Promise.withResolvers<void>();
        resolveWake = resolve;
        await promise;
      }
      resolveWake = null;
      isAwake = false;
    },
  };
}
