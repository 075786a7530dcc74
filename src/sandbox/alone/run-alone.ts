import { effect } from "../../sys/failpoint.ts";
import { CappedOutput } from "../inside/capped-output.ts";
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
import { type Ran, recordExec, type Told } from "../record-exec.ts";
import { lost } from "../sandbox-errors.ts";
import type { ExecRequest, ExecResult } from "../sandbox.ts";

const longestTimerMs = 2 ** 31 - 1;

type Stopped = { type: "timed-out" } | { type: "killed"; reason: string };

/** One command in a sandbox without a helper. Throws AgentxError SANDBOX_OPEN, SANDBOX_LOST. */
export function runAlone(start: AloneStart, request: ExecRequest): Promise<ExecResult> {
  return watchLone(start, (watched) =>
    recordExec(request, {
      bounds: start.bounds,
      disk: watched.disk,
      run: async (told): Promise<Ran> => {
        const result = await effect("command.run", () => runChild(request, { start, watched, told }));
        return { result, overMemory: watched.overMemory(), overDisk: watched.overDisk() };
      },
    }),
  );
}

type Running = { start: AloneStart; watched: Watched; told: Told };

async function runChild(
  { timeoutMs, signal }: ExecRequest,
  { start, watched, told }: Running,
): Promise<ExecResult> {
  const [{ readFd, writeFd }] = await takePipes<[OpenPipe]>(start, 1);
  const reader = readerOf(readFd);
  using child = startLoneChild(start, watched, [writeFd, writeFd]);
  let stopped: Stopped | null = null;
  const stop = (why: Stopped): void => {
    if (stopped !== null) return;
    stopped = why;
    child.stop();
  };
  const onAbort = (): void => stop({ type: "killed", reason: "canceled" });
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  let timer: NodeJS.Timeout | undefined;
  try {
    const isReady = await child.waitForWalls(reader);
    const began = performance.now();
    const output = new CappedOutput();
    const stream = collectOutput(reader, {
      onBytes: (chunk) => {
        output.add(chunk);
        if (told.onText === null) told.onSign?.();
      },
      onText: isReady ? told.onText : null,
    });
    if (isReady) {
      child.begin();
      timer = setTimeout(() => stop({ type: "timed-out" }), Math.min(timeoutMs, longestTimerMs));
    }
    const end = await child.ended;
    await stream.drained();
    const ms = Math.round(performance.now() - began);
    const facts = { output: output.text(), totalBytes: output.totalBytes, ms };
    const { lost: reason } = watched.lone;
    if (reason !== null) throw lost(start.root, reason);
    if (stopped !== null) return { ...facts, ...(stopped as Stopped) };
    const refusal = refusalOf(end);
    if (refusal !== null) return { ...facts, type: "killed", reason: `could not be started: ${refusal}` };
    const exitCode = exitCodeOf(end, { root: start.root, isReady, said: facts.output });
    return { ...facts, type: "exited", exitCode };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}
