import { readFileSync } from "node:fs";
import type { ProcessesInside } from "./processes-inside.ts";

const lookEveryMs = 250;
/** Looking may take a part of the time, however many processes there are. */
const pauseAfterLook = 20;

/**
 * Holds everything in a sandbox together to a limit where no cgroup does: looks at each process's own memory, and ends the
 * largest one when all of them have too much. What grows faster than it looks is stopped by the limit of each process.
 */
export class MemoryWatch {
  readonly #limit: number;
  readonly #inside: ProcessesInside;
  #timer: NodeJS.Timeout | undefined;
  /** How many processes it has ended. */
  ended = 0;

  constructor(limitBytes: number, inside: ProcessesInside) {
    this.#limit = limitBytes;
    this.#inside = inside;
    this.#lookIn(lookEveryMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #lookIn(ms: number): void {
    this.#timer = setTimeout(() => {
      const began = performance.now();
      this.#look();
      this.#lookIn(Math.max(lookEveryMs, pauseAfterLook * (performance.now() - began)));
    }, ms).unref();
  }

  #look(): void {
    const { all, ordinary } = this.#inside() ?? { all: [], ordinary: [] };
    if (sum(all, ownMemory) <= this.#limit) return;
    // Forked processes share what neither has changed, so the quick sum may be too large; this one is slow and exact.
    if (sum(all, sharedOut) <= this.#limit) return;
    const [first] = ordinary;
    if (first === undefined) return;
    const largest = ordinary.reduce((most, pid) => (sharedOut(pid) > sharedOut(most) ? pid : most), first);
    try {
      process.kill(largest, "SIGKILL");
      this.ended += 1;
    } catch {
      // It has ended by itself.
    }
  }
}

function sum(pids: number[], of: (pid: number) => number): number {
  return pids.reduce((total, pid) => total + of(pid), 0);
}

function ownMemory(pid: number): number {
  return kilobytes(`/proc/${pid}/status`, /^RssAnon:\s+(\d+)/m);
}

function sharedOut(pid: number): number {
  return kilobytes(`/proc/${pid}/smaps_rollup`, /^Pss_Anon:\s+(\d+)/m);
}

/** Bytes; 0 for a process that is gone. */
function kilobytes(path: string, line: RegExp): number {
  try {
    return Number(line.exec(readFileSync(path, "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
