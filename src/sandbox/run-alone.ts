import type { ChildProcess } from "node:child_process";
import { closeSync } from "node:fs";
import type { Socket } from "node:net";
import { diskErrorOf } from "../core/disk-error.ts";
import { effect } from "../sys/failpoint.ts";
import { CappedOutput } from "./capped-output.ts";
import { collectOutput } from "./collect-output.ts";
import { WriterEnder } from "./end-writers.ts";
import { type ProcessesInside, processesBelow } from "./processes-inside.ts";
import type { Bounds } from "./limits/bounds.ts";
import { watchDisk, type WatchedDisk } from "./limits/disk-watch.ts";
import { MemoryWatch } from "./memory-watch.ts";
import { type OpenPipe, readerOf } from "./output-pipes.ts";
import { killGroup } from "./process-group.ts";
import { graceMs, openTimeoutMs } from "./protocol.ts";
import type { ReadyPipes } from "./ready-pipes.ts";
import { type Ran, recordExec, type Told } from "./record-exec.ts";
import { lost, notOpened } from "./sandbox-errors.ts";
import type { ExecRequest, ExecResult } from "./sandbox.ts";
import { type CoveredChild, spawnCovered } from "./spawn-covered.ts";

/**
 * Stands before a command that runs alone. It says with an empty line that the walls are up, and waits for one in return: whoever
 * would end the sandbox with this process is in its place by then, so a command never begins that nobody would end.
 */
export const aloneScript = "echo; read -r _ || exit; exec </dev/null\n";
const readyByte = 10;
const longestTimerMs = 2 ** 31 - 1;

export type AloneStart = {
  /** The program that becomes the sandbox and starts `sh -c` with `aloneScript` and the command, as the only child of its only child. */
  file: string;
  args: string[];
  inputs: (string | Uint8Array)[];
  root: string;
  bounds: Bounds;
  disk: WatchedDisk;
  pipes: ReadyPipes;
};

/**
 * One command in a sandbox without a helper. What a helper does inside is done from here: its time, its output, what it takes of
 * memory and disk. Throws AgentxError SANDBOX_OPEN, SANDBOX_LOST.
 */
export async function runAlone(start: AloneStart, request: ExecRequest): Promise<ExecResult> {
  const { bounds } = start;
  const lone: Lone = { child: null, lost: null };
  const inside: ProcessesInside = () => processesOf(lone.child);
  const writers = new WriterEnder(inside);
  const disk = watchDisk(start.disk, {
    endWriters: (which) => writers.endWriters(which, new Set()),
    end: (reason) => {
      lone.lost = reason;
      lone.child?.kill("SIGKILL");
    },
  });
  const memory = bounds.watchedMemory === null ? null : new MemoryWatch(bounds.watchedMemory, inside);
  try {
    return await recordExec(request, {
      bounds,
      disk,
      run: async (told): Promise<Ran> => {
        const result = await effect("command.run", () => runChild(request, { start, lone, inside, told }));
        return { result, overMemory: memory?.ended ?? 0, overDisk: writers.ended };
      },
    });
  } finally {
    memory?.stop();
    disk?.stop();
    await bounds.release();
  }
}

/** @property lost why it was ended from here, if it was */
type Lone = { child: ChildProcess | null; lost: string | null };
type Running = { start: AloneStart; lone: Lone; inside: ProcessesInside; told: Told };
type Stopped = { type: "timed-out" } | { type: "killed"; reason: string };

async function runChild(
  { timeoutMs, signal }: ExecRequest,
  { start, lone, inside, told }: Running,
): Promise<ExecResult> {
  const { readFd, writeFd } = await takePipe(start);
  const reader = readerOf(readFd);
  const started = startChild(start, writeFd);
  if (started instanceof Error) {
    reader.destroy();
    const reason = `could not be started: ${started.message}`;
    return { type: "killed", reason, output: "", totalBytes: 0, ms: 0 };
  }
  const { child, held } = started;
  lone.child = child;
  const ended = endOf(child);
  const late = setTimeout(() => child.kill("SIGKILL"), openTimeoutMs);
  let stopped: Stopped | null = null;
  let isReady = false;
  const timers: NodeJS.Timeout[] = [late];
  const stop = (why: Stopped): void => {
    if (stopped !== null) return;
    stopped = why;
    if (!isReady) return void child.kill("SIGKILL");
    // Process 1 inside, which leads the group, is spared by the kernel.
    killGroup(inside()?.all[0], "SIGTERM");
    timers.push(setTimeout(() => child.kill("SIGKILL"), graceMs));
  };
  const onAbort = (): void => stop({ type: "killed", reason: "canceled" });
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  try {
    await held.catch((error: unknown) => {
      reader.destroy();
      // What was ended from here meanwhile could not be held any more.
      if (stopped === null && lone.lost === null) throw error;
    });
    isReady = (await firstByte(reader)) === readyByte;
    clearTimeout(late);
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
      child.stdin?.end("\n");
      timers.push(setTimeout(() => stop({ type: "timed-out" }), Math.min(timeoutMs, longestTimerMs)));
    }
    const end = await ended;
    child.stdin?.destroy();
    await stream.drained();
    const ms = Math.round(performance.now() - began);
    const facts = { output: output.text(), totalBytes: output.totalBytes, ms };
    if (lone.lost !== null) throw lost(start.root, lone.lost);
    if (stopped !== null) return { ...facts, ...(stopped as Stopped) };
    if (!isReady) throw notOpened(start.root, facts.output.trim());
    if (typeof end === "string") throw lost(start.root, end);
    return { ...facts, type: "exited", exitCode: end };
  } finally {
    for (const timer of timers) clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

async function takePipe({ pipes, root }: AloneStart): Promise<OpenPipe> {
  try {
    return await pipes.take();
  } catch (error) {
    throw diskErrorOf(error) ?? notOpened(root, error instanceof Error ? error.message : String(error));
  }
}

/** Null where it has ended: its number may be somebody else's by now. */
function processesOf(child: ChildProcess | null): ReturnType<ProcessesInside> {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return null;
  return processesBelow(child.pid);
}

/** An error rather than a child where the system refuses at once: a command of more than 128 KiB is E2BIG. */
function startChild({ file, args, inputs, bounds }: AloneStart, outputFd: number): CoveredChild | Error {
  try {
    return spawnCovered(file, args, {
      env: {},
      stdio: ["pipe", outputFd, outputFd],
      inputs,
      hold: bounds.hold,
    });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    closeSync(outputFd);
  }
}

/** Its exit code, which for a command that a signal ended is 128 and that; or what ended the sandbox itself. */
function endOf(child: ChildProcess): Promise<number | string> {
  // It is gone, and says why by its end.
  child.stdin?.on("error", () => {});
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (exitCode, signal) => resolve(exitCode ?? `signal ${signal}`));
  });
}

/** Null at the end. What comes after it stays in the reader. */
function firstByte(reader: Socket): Promise<number | null> {
  return new Promise((resolve) => {
    const settle = (byte: number | null): void => {
      reader.off("readable", look).off("close", none);
      resolve(byte);
    };
    const none = (): void => settle(null);
    const look = (): void => {
      const bytes: unknown = reader.read(1);
      if (Buffer.isBuffer(bytes)) settle(bytes[0] ?? null);
    };
    if (reader.destroyed) return settle(null);
    reader.on("readable", look).on("close", none);
  });
}
