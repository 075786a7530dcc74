import { readdirSync, readFileSync } from "node:fs";

/** Processes on this machine whose command line or environment holds the text. */
export function processesWith(text: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => ["cmdline", "environ"].some((file) => readProc(`/proc/${pid}/${file}`).includes(text)))
    .map(Number);
}

/** A file of /proc, or nothing where its process has gone. */
export function readProc(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Looks again until it holds; what never holds ends with the test's time. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}
