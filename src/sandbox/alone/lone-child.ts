import type { ChildProcess } from "node:child_process";
import { closeSync } from "node:fs";
import type { Socket } from "node:net";
import { diskErrorOf } from "../../core/disk-error.ts";
import { WriterEnder } from "../inside/end-writers.ts";
import type { Bounds } from "../limits/bounds.ts";
import { type DiskWatch, watchDisk, type WatchedDisk } from "../limits/disk-watch.ts";
import { MemoryWatch } from "../inside/memory-watch.ts";
import type { OpenPipe } from "../inside/output-pipes.ts";
import { killGroup } from "../inside/process-group.ts";
import { type ProcessesInside, processesBelow } from "../inside/processes-inside.ts";
import { graceMs, openTimeoutMs } from "../inside/protocol.ts";
import type { ReadyPipes } from "./ready-pipes.ts";
import { notOpened } from "../sandbox-errors.ts";
import { type CoveredChild, spawnCovered } from "../spawn-covered.ts";

/**
 * Stands before a command that runs alone. It says with an empty line that the walls are up, and waits for one in return: whoever
 * would end the sandbox with this process is in its place by then, so a command never begins that nobody would end.
 */
export const aloneScript = "echo; read -r _ || exit; exec </dev/null\n";
const readyByte = 10;

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

/** @property lost why it was ended from here, if it was */
type Lone = { child: ChildProcess | null; lost: string | null };

/** What a helper does inside is done from here: its limits of memory and disk. */
export type Watched = {
  lone: Lone;
  inside: ProcessesInside;
  disk: DiskWatch | null;
  /** How many processes were ended for what they took. */
  overMemory: () => number;
  overDisk: () => number;
};

/** Watches what `use` starts, for as long as it takes, and gives its limits free afterwards. */
export async function watchLone<T>(start: AloneStart, use: (watched: Watched) => Promise<T>): Promise<T> {
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
    return await use({
      lone,
      inside,
      disk,
      overMemory: () => memory?.ended ?? 0,
      overDisk: () => writers.ended,
    });
  } finally {
    memory?.stop();
    disk?.stop();
    await bounds.release();
  }
}

export type LoneChild = {
  /** Waits until the walls are up; false where it ended before, or is to end. Throws AgentxError where it could not be held to its limits. */
  waitForWalls: (stdout: Socket) => Promise<boolean>;
  /** Lets the command begin. */
  begin: () => void;
  /** SIGTERM to all of it, and SIGKILL after the grace time. */
  stop: () => void;
  /** Its exit code, which for a command that a signal ended is 128 and that; or what ended the sandbox itself. */
  ended: Promise<number | string>;
} & Disposable;

/**
 * Starts the sandbox around a command.
 * @param fds for its stdout and stderr; closed here
 * @returns an error where the system refuses at once: a command of more than 128 KiB is E2BIG
 */
export function startLoneChild(
  start: AloneStart,
  { lone, inside }: Pick<Watched, "lone" | "inside">,
  fds: readonly [number, number],
): LoneChild | Error {
  const started = spawnLone(start, fds);
  if (started instanceof Error) return started;
  const { child, held } = started;
  lone.child = child;
  const ended = endOf(child);
  const timers: NodeJS.Timeout[] = [];
  let isReady = false;
  let isStopped = false;
  return {
    waitForWalls: async (stdout) => {
      const late = setTimeout(() => child.kill("SIGKILL"), openTimeoutMs);
      timers.push(late);
      await held.catch((error: unknown) => {
        stdout.destroy();
        // What was ended from here meanwhile could not be held any more.
        if (!isStopped && lone.lost === null) throw error;
      });
      isReady = (await firstByte(stdout)) === readyByte;
      clearTimeout(late);
      // Its word may be on the way when it is ended: it is not to begin for the moment that is left.
      return isReady && !isStopped;
    },
    begin: () => child.stdin?.end("\n"),
    stop: () => {
      isStopped = true;
      if (!isReady) return void child.kill("SIGKILL");
      // Process 1 inside, which leads the group, is spared by the kernel.
      killGroup(inside()?.all[0], "SIGTERM");
      timers.push(setTimeout(() => child.kill("SIGKILL"), graceMs));
    },
    ended: ended.finally(() => child.stdin?.destroy()),
    [Symbol.dispose]: () => {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

export async function takePipe({ pipes, root }: Pick<AloneStart, "pipes" | "root">): Promise<OpenPipe> {
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

function spawnLone(
  { file, args, inputs, bounds }: AloneStart,
  fds: readonly [number, number],
): CoveredChild | Error {
  try {
    return spawnCovered(file, args, { env: {}, stdio: ["pipe", ...fds], inputs, hold: bounds.hold });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    for (const fd of new Set(fds)) closeSync(fd);
  }
}

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
