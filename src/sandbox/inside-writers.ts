import { readdirSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { killGroup } from "./process-group.ts";

const sampleMs = 200;
/** Less than that in this time is nobody's large writer. What is counted second holds pipes as well. */
const least = { write_bytes: 64 * 1024, wchar: 2 ** 20 };

/** How many processes were ended because of the disk, since the beginning. */
let ended = 0;

export function endedForDisk(): number {
  return ended;
}

/**
 * Ends the process that writes most at the moment, or all but this one. Without /proc it is always all of `groups`.
 * @returns how many were ended
 */
export async function endWriters(which: "largest" | "all", groups: ReadonlySet<number>): Promise<number> {
  const pids = others();
  if (pids === null) {
    for (const group of groups) killGroup(group, "SIGKILL");
    ended += groups.size;
    return groups.size;
  }
  const chosen = which === "all" ? pids : [await largestWriter(pids)].filter((pid) => pid !== null);
  const killed = chosen.filter((pid) => kill(pid)).length;
  return killed;
}

/** Process 1 holds the sandbox. Null where there is no /proc. */
function others(): number[] | null {
  try {
    const pids = readdirSync("/proc").map(Number);
    return pids.filter((pid) => pid > 1 && pid !== process.pid);
  } catch {
    return null;
  }
}

async function largestWriter(pids: number[]): Promise<number | null> {
  const before = new Map(pids.map((pid) => [pid, written(pid)]));
  await setTimeout(sampleMs);
  for (const field of ["write_bytes", "wchar"] as const) {
    let most = { pid: 0, bytes: least[field] };
    for (const pid of others() ?? []) {
      // What was not there before has written all of it since.
      const bytes = written(pid)[field] - (before.get(pid)?.[field] ?? 0);
      if (bytes >= most.bytes) most = { pid, bytes };
    }
    if (most.pid !== 0) return most.pid;
  }
  return null;
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

function kill(pid: number): boolean {
  // Counted first: its command may be answered before this goes on.
  ended += 1;
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    ended -= 1;
    return false;
  }
}
