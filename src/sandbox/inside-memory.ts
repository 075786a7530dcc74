import { readdirSync, readFileSync } from "node:fs";

const lookEveryMs = 250;

/**
 * Holds everything in the sandbox together to a limit where no cgroup does: looks at each process's own memory, and ends the
 * largest one when all of them have too much. What grows faster than it looks is stopped by the limit of each process.
 */
export class MemoryWatch {
  readonly #limit: number;
  /** How many processes it has ended. */
  ended = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
    setInterval(() => this.#look(), lookEveryMs).unref();
  }

  #look(): void {
    const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    if (sum(pids, ownMemory) <= this.#limit) return;
    // Forked processes share what neither has changed, so the quick sum may be too large; this one is slow and exact.
    if (sum(pids, sharedOut) <= this.#limit) return;
    const others = pids.filter((pid) => pid !== "1" && Number(pid) !== process.pid);
    const largest = others.reduce(
      (most, pid) => (sharedOut(pid) > sharedOut(most) ? pid : most),
      others[0] ?? "",
    );
    if (largest === "") return;
    try {
      process.kill(Number(largest), "SIGKILL");
      this.ended += 1;
    } catch {
      // It has ended by itself.
    }
  }
}

function sum(pids: string[], of: (pid: string) => number): number {
  return pids.reduce((total, pid) => total + of(pid), 0);
}

function ownMemory(pid: string): number {
  return kilobytes(`/proc/${pid}/status`, /^RssAnon:\s+(\d+)/m);
}

function sharedOut(pid: string): number {
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
