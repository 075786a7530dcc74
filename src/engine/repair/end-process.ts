import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";

const graceMs = 2000;
const pauseMs = 50;

/** Asks the process to end, and makes it after a while. @returns false when it was gone, or its number is another's now. */
export async function endProcess({ pid, born }: { pid: number; born: string }): Promise<boolean> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    if ((await bornAt(pid)) !== born) return signal === "SIGKILL";
    process.kill(pid, signal);
    for (let waited = 0; waited < graceMs && (await bornAt(pid)) === born; waited += pauseMs)
      await setTimeout(pauseMs);
  }
  return true;
}

/** The kernel's start time of a process, which no later one with its number shares; null when it has ended. */
async function bornAt(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "" || fields[0] === "Z" ? null : (fields[19] ?? null);
}
