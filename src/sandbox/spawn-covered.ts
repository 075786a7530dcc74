import type { Ending, Stdio } from "../sys/processes/orders.ts";
import { startProcess } from "../sys/processes/start-process.ts";
import type { Started } from "../sys/processes/started.ts";

export type Covered = {
  env: Record<string, string>;
  stdio: readonly [Stdio, Stdio, Stdio, ...Stdio[]];
  /** Contents that the program reads from the file descriptors after those. */
  inputs: (string | Uint8Array)[];
  /** No input is written before it is fulfilled, so a program that reads its arguments from one has done nothing yet. */
  hold: (pid: number) => Promise<void>;
};

export type CoveredChild = {
  /** Fulfils when the program has its inputs; rejects as `hold` does, when the program was ended for it. */
  held: Promise<void>;
  /** Fulfils when the program has its descriptors, or could not be started. */
  begun: Promise<void>;
  ended: Promise<Ending>;
  /** Its number while it lives; null before and after. */
  pid: () => number | null;
  /** Writes to its stdin, and closes it. */
  feed: (text: string) => void;
  kill: (signal: NodeJS.Signals) => void;
  streams: Started["streams"];
};

/** Starts a program with a pipe for each input, fed with its text. */
export function spawnCovered(file: string, args: string[], covered: Covered): CoveredChild {
  const { env, stdio, inputs, hold } = covered;
  const begun = Promise.withResolvers<number | null>();
  const ended = Promise.withResolvers<Ending>();
  let pid: number | null = null;
  const child = startProcess(
    { file, args, cwd: "/", env, stdio: [...stdio, ...inputs.map(() => "pipe" as const)] },
    {
      onBegan: (number) => {
        pid = number;
        begun.resolve(number);
      },
      onEnded: (ending) => {
        pid = null;
        begun.resolve(null);
        ended.resolve(ending);
      },
    },
  );
  const holdAndFeed = async (): Promise<void> => {
    const number = await begun.promise;
    // Without one it could not be started, which its end tells.
    if (number === null) return;
    try {
      await hold(number);
    } catch (error) {
      child.kill("SIGKILL", false);
      throw error;
    }
    for (const [index, text] of inputs.entries()) child.feed(stdio.length + index, text);
  };
  const held = holdAndFeed();
  // Told to whoever waits for it.
  held.catch(() => {});
  return {
    held,
    begun: begun.promise.then(() => {}),
    ended: ended.promise,
    pid: () => pid,
    feed: (text) => child.feed(0, text),
    kill: (signal) => child.kill(signal, false),
    streams: child.streams,
  };
}
