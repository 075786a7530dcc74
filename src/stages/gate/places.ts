/** So many at a time, by their numbers from 1 on; the next in line waits. */
export class Places {
  readonly #free: number[];
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = Array.from({ length: count }, (_, index) => index + 1);
  }

  /** Rejects with the signal's reason when that comes first. */
  async take(signal: AbortSignal): Promise<{ number: number } & Disposable> {
    for (;;) {
      const number = this.#free.shift();
      if (number !== undefined) return { number, [Symbol.dispose]: () => this.#giveBack(number) };
      await this.#wait(signal);
    }
  }

  #giveBack(number: number): void {
    this.#free.push(number);
    this.#waiting.shift()?.();
  }

  /** Who gives up leaves the line, so that no wake-up is lost on it. */
  async #wait(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = (): void => {
      const at = this.#waiting.indexOf(resolve);
      if (at !== -1) this.#waiting.splice(at, 1);
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    this.#waiting.push(resolve);
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }
}
