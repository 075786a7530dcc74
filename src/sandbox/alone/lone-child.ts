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
import type { ReadyPipes } from "../ready-pipes.ts";
import { lost, notOpened } from "../sandbox-errors.ts";
import { howEnded } from "../../sys/processes/how-ended.ts";
import type { Ending } from "../../sys/processes/orders.ts";
import { type CoveredChild, spawnCovered } from "../spawn-covered.ts";

/**
 * Stands before a command that runs alone. It says with an empty line that the walls are up, and waits for one in return: whoever
 * would end the sandbox with this process is in its place by then, so a command never begins that nobody would end.
 */
export const aloneScript = "echo; read -r _ || exit; exec </dev/null\n";
const readyByte = 10;

/** Of the pipe on which whoever guards a command without walls waits. */
export const guardFd = 3;

export type AloneStart = {
  /**
   * The program that becomes the sandbox and starts `sh -c` with `aloneScript` and the command, as the only child of its only child; without
   * walls it is that shell itself, which leads the command's process group.
   */
  file: string;
  args: string[];
  /** Of that program. */
  env: Record<string, string>;
  isWalled: boolean;
  inputs: (string | Uint8Array)[];
  root: string;
  bounds: Bounds;
  disk: WatchedDisk;
  pipes: ReadyPipes;
};

/** @property lost why it was ended from here, if it was */
type Lone = { child: CoveredChild | null; lost: string | null };

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
  /** Its exit code is 128 and more for a command that a signal ended; a signal has ended the sandbox itself. */
  ended: Promise<Ending>;
} & Disposable;

/**
 * Starts the sandbox around a command.
 * @param fds for its stdout and stderr; closed here
 */
export function startLoneChild(
  { file, args, env, isWalled, inputs, bounds }: AloneStart,
  { lone, inside }: Pick<Watched, "lone" | "inside">,
  fds: readonly [number, number],
): LoneChild {
  const guard = isWalled ? [] : (["pipe"] as const);
  const stdio = ["pipe", ...fds, ...guard] as const;
  const child = spawnCovered(file, args, { env, stdio, inputs, hold: bounds.hold });
  const { held, ended } = child;
  void child.begun.then(() => {
    for (const fd of new Set(fds)) closeSync(fd);
  });
  lone.child = child;
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
    begin: () => child.feed("\n"),
    stop: () => {
      isStopped = true;
      if (!isReady) return child.kill("SIGKILL");
      // Process 1 inside, which leads the group, is spared by the kernel.
      killGroup((isWalled ? inside()?.all[0] : child.pid()) ?? undefined, "SIGTERM");
      timers.push(setTimeout(() => child.kill("SIGKILL"), graceMs));
    },
    ended,
    [Symbol.dispose]: () => {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

/** Why a command could not be started that the system refuses by itself, as it does one of more than 128 KiB; null otherwise. */
export function refusalOf(ending: Ending): string | null {
  return ending.type === "failed" && ending.code === "E2BIG" ? ending.message : null;
}

/**
 * @param said by the sandbox itself, before the command
 * @throws AgentxError SANDBOX_OPEN where the command never began, SANDBOX_LOST where the sandbox was ended
 */
export function exitCodeOf(
  ending: Ending,
  { root, isReady, said }: { root: string; isReady: boolean; said: string },
): number {
  if (!isReady) throw notOpened(root, ending.type === "failed" ? ending.message : said.trim());
  if (ending.type === "exited") return ending.exitCode;
  throw lost(root, `it ${howEnded(ending)}`);
}

/** @throws AgentxError SANDBOX_OPEN, or what `diskErrorOf` makes of it */
export async function takePipes<T extends OpenPipe[]>(
  { pipes, root }: Pick<AloneStart, "pipes" | "root">,
  count: T["length"],
): Promise<T> {
  try {
    return await pipes.takeAll<T>(count);
  } catch (error) {
    throw diskErrorOf(error) ?? notOpened(root, error instanceof Error ? error.message : String(error));
  }
}

/** Null where it has ended: its number may be somebody else's by now. */
function processesOf(child: CoveredChild | null): ReturnType<ProcessesInside> {
  const pid = child?.pid() ?? null;
  return pid === null ? null : processesBelow(pid);
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
