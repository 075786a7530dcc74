import { readdirSync } from "node:fs";
import { readProc } from "../support/processes.ts";

/** What a dispatcher takes, at some moment of its life. */
export type Sample = { merges: number; rssMb: number; fds: number };

/** Looks at a process every second until it is stopped. `merges` is how many this process has reported. */
export function watchProcess(
  pid: number,
  merges: () => number,
  onSample: (sample: Sample) => void,
): Disposable {
  const look = (): void => {
    const kb = /^VmRSS:\s+(\d+) kB/m.exec(readProc(`/proc/${pid}/status`))?.[1];
    if (kb !== undefined) onSample({ merges: merges(), rssMb: Number(kb) / 1024, fds: openFiles(pid) });
  };
  const timer = setInterval(look, 1_000);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function openFiles(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0; // it has ended meanwhile
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
