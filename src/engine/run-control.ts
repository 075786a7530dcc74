/** How the outside steers a running dispatcher: wakes it, and stops it in two steps. */
export type RunControl = {
  /** After the first interrupt: nothing new is started. */
  readonly draining: boolean;
  /** After the second: what runs is stopped. */
  readonly stopping: boolean;
  interrupt: () => void;
  wake: () => void;
  /** Resolves at the next wake, or at once when one came since the last call. */
  nextWake: () => Promise<void>;
};

export function createRunControl(): RunControl {
  let interrupts = 0;
  let isAwake = false;
  let resolveWake: (() => void) | null = null;
  const wake = (): void => {
    isAwake = true;
    resolveWake?.();
  };
  return {
    get draining() {
      return interrupts >= 1;
    },
    get stopping() {
      return interrupts >= 2;
    },
    interrupt: () => {
      interrupts += 1;
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
