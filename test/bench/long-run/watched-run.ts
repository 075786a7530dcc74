import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { builtProgram } from "../built-program.ts";

const lookEveryMs = 200;

export type WatchedRun = {
  exitCode: number | null;
  ms: number;
  /** Until the first attempt began; NaN where none did. */
  firstAttemptMs: number;
  merged: number;
  /** Bytes: the most that the dispatcher itself held. */
  peak: number;
  stderr: string;
};

type Place = { cwd: string; env: NodeJS.ProcessEnv };

/** @param killAfter a `kill -9` after so many merges; null to let it end */
export async function watchRun(args: string[], place: Place, killAfter: number | null): Promise<WatchedRun> {
  const begun = performance.now();
  const child = spawn(builtProgram, [...args, "--json"], {
    ...place,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const found: WatchedRun = {
    exitCode: null,
    ms: 0,
    firstAttemptMs: Number.NaN,
    merged: 0,
    peak: 0,
    stderr: "",
  };
  child.stderr.on("data", (bytes: Buffer) => (found.stderr += bytes.toString()));
  const look = (): void => void (found.peak = Math.max(found.peak, peakOf(child.pid)));
  const looking = setInterval(look, lookEveryMs);
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes('"type":"attempt.started"') && Number.isNaN(found.firstAttemptMs))
      found.firstAttemptMs = performance.now() - begun;
    if (!line.includes('"type":"task.merged"')) continue;
    found.merged += 1;
    if (found.merged !== killAfter) continue;
    look();
    child.kill("SIGKILL");
  }
  found.exitCode = await ended;
  clearInterval(looking);
  found.ms = performance.now() - begun;
  return found;
}

/** Of a process that has just ended there is nothing to read. */
function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}
