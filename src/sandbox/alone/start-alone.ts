import { collectOutput } from "../inside/collect-output.ts";
import {
  type AloneStart,
  exitCodeOf,
  refusalOf,
  startLoneChild,
  takePipes,
  type Watched,
  watchLone,
} from "./lone-child.ts";
import { type OpenPipe, readerOf } from "../inside/output-pipes.ts";
import { closed, lost } from "../sandbox-errors.ts";
import type { Spawned, SpawnEnding, SpawnRequest } from "../sandbox.ts";

type Listeners = Pick<SpawnRequest, "onStdout" | "onStderr">;

/** @property close ends it at once; its end then says that the sandbox was closed */
export type LoneProgram = Spawned & { close: () => Promise<void> };

/** A program in a sandbox of its own without a helper. Its stdin is empty. */
export function startAlone(starting: Promise<AloneStart>, listeners: Listeners): LoneProgram {
  const stopping = new AbortController();
  let isClosed = false;
  const run = async (): Promise<SpawnEnding> => {
    const start = await starting;
    return watchLone(start, async (watched) => {
      if (isClosed) throw closed(start.root);
      const closeNow = (): void => watched.lone.child?.kill("SIGKILL");
      closing.signal.addEventListener("abort", closeNow, { once: true });
      const ending = await runChild(listeners, { start, watched, signal: stopping.signal });
      if (isClosed) throw closed(start.root);
      return ending;
    });
  };
  const closing = new AbortController();
  const ended = run();
  const gone = ended.then(
    () => {},
    () => {},
  );
  return {
    write: () => {
      throw new Error("a program that is started alone reads nothing");
    },
    endInput: () => {},
    stop: () => {
      stopping.abort();
      return gone;
    },
    ended,
    close: () => {
      isClosed = true;
      stopping.abort();
      closing.abort();
      return gone;
    },
  };
}

type Running = { start: AloneStart; watched: Watched; signal: AbortSignal };

async function runChild(
  { onStdout, onStderr }: Listeners,
  { start, watched, signal }: Running,
): Promise<SpawnEnding> {
  const [out, err] = await takePipes<[OpenPipe, OpenPipe]>(start, 2);
  const [stdout, stderr] = [readerOf(out.readFd), readerOf(err.readFd)];
  using child = startLoneChild(start, watched, [out.writeFd, err.writeFd]);
  const onAbort = (): void => child.stop();
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    const isReady = await child.waitForWalls(stdout).catch((error: unknown) => {
      stderr.destroy();
      throw error;
    });
    let said = "";
    const told = (listener: (text: string) => void) => (text: string) => {
      if (isReady) listener(text);
      else said += text;
      return null;
    };
    const streams = [
      collectOutput(stdout, { onBytes: null, onText: told(onStdout) }),
      collectOutput(stderr, { onBytes: null, onText: told(onStderr) }),
    ];
    if (isReady) child.begin();
    const end = await child.ended;
    await Promise.all(streams.map((stream) => stream.drained()));
    const { lost: reason } = watched.lone;
    if (reason !== null) throw lost(start.root, reason);
    if (signal.aborted) return { type: "killed", signal: "SIGTERM" };
    const refusal = refusalOf(end);
    if (refusal !== null) return { type: "failed", reason: `it could not be started: ${refusal}` };
    return { type: "exited", exitCode: exitCodeOf(end, { root: start.root, isReady, said }) };
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
