const waiting: (() => void)[] = [];

/**
 * Fulfils when it is the caller's turn, in the order of asking: one in each round of the event loop. Where hundred workers are answered at a moment,
 * what each of them does then would otherwise be done in one round, and no timer or signal seen to meanwhile.
 */
export function takeTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(callNext);
  });
}

/** One alone, because what follows from it runs only when this has returned. */
function callNext(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(callNext);
}
