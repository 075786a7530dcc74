import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/** Of its two halves together; V8 itself goes to 128 MiB. With a quarter of that a long run takes as much processor time. */
const enoughBytes = 32 * 1024 * 1024;

/**
 * Lets V8's space for new objects double until it is large enough, and no further. A few megabytes of it are in use in a long run; the
 * rest is garbage that is not looked for until the space is full, and the buffers that hang on it. Node's own setting
 * (`--max-semi-space-size`) counts only where a process is started with it. A long turn of the loop may double it twice more. Keeps nobody alive; disposed, it lets go.
 * @param at `afterMs` of the process's life: what is compiled for the next start (`src/load-program.cts`) is taken by V8's flags of then
 */
export function boundNewSpace({
  afterMs,
  lookEveryMs,
}: {
  afterMs: number;
  lookEveryMs: number;
}): Disposable {
  let factor = 2;
  const growBy = (wanted: number): void => {
    if (wanted !== factor) setFlagsFromString(`--semi-space-growth-factor=${wanted}`);
    factor = wanted;
  };
  const look = (): void => {
    if (performance.now() < afterMs) return;
    const space = getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space");
    // At rest V8 makes it smaller, and has to be free to double it again.
    if (space !== undefined) growBy(space.space_size < enoughBytes ? 2 : 1);
  };
  const looking = setInterval(look, lookEveryMs).unref();
  return {
    [Symbol.dispose]: () => {
      clearInterval(looking);
      growBy(2);
    },
  };
}
