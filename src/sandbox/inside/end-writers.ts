import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import type { ProcessesInside } from "./processes-inside.ts";
import { killGroup } from "./process-group.ts";

const sampleMs = 200;
/** Less than that in this time is nobody's large writer. What is counted second holds pipes as well. */
const least = { write_bytes: 64 * 1024, wchar: 2 ** 20 };

/** Ends processes of a sandbox because of the disk. */
export class WriterEnder {
  readonly #inside: ProcessesInside;
  /** How many were ended, since the beginning. */
  ended = 0;

  constructor(inside: ProcessesInside) {
    this.#inside = inside;
  }

  /**
   * Ends the process that writes most at the moment, or all but those that hold the sandbox. Without /proc it is always all of
   * the process groups.
   * @returns how many were ended
   */
  async endWriters(which: "largest" | "all", groups: ReadonlySet<number>): Promise<number> {
    const pids = this.#inside()?.ordinary ?? null;
    if (pids === null) {
      for (const group of groups) killGroup(group, "SIGKILL");
      this.ended += groups.size;
      return groups.size;
    }
    const chosen = which === "all" ? pids : [await this.#largestWriter(pids)].filter((pid) => pid !== null);
    return chosen.filter((pid) => this.#kill(pid)).length;
  }

  async #largestWriter(pids: number[]): Promise<number | null> {
    const before = new Map(pids.map((pid) => [pid, written(pid)]));
    await setTimeout(sampleMs);
    for (const field of ["write_bytes", "wchar"] as const) {
      let most = { pid: 0, bytes: least[field] };
      for (const pid of this.#inside()?.ordinary ?? []) {
        // What was not there before has written all of it since.
        const bytes = written(pid)[field] - (before.get(pid)?.[field] ?? 0);
        if (bytes >= most.bytes) most = { pid, bytes };
      }
      if (most.pid !== 0) return most.pid;
    }
    return null;
  }

  #kill(pid: number): boolean {
    // Counted first: its command may be answered before this goes on.
    this.ended += 1;
    try {
      return process.kill(pid, "SIGKILL");
    } catch {
      this.ended -= 1;
      return false;
    }
  }
}

function written(pid: number): Record<keyof typeof least, number> {
  try {
    const text = readFileSync(`/proc/${pid}/io`, "utf8");
    const of = (field: string): number => Number(new RegExp(`^${field}: (\\d+)`, "m").exec(text)?.[1] ?? 0);
    return { write_bytes: of("write_bytes"), wchar: of("wchar") };
  } catch {
    // It is gone.
    return { write_bytes: 0, wchar: 0 };
  }
}
