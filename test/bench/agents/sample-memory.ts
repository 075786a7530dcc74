import { readdirSync, readFileSync } from "node:fs";

/** Proportional set size: pages that several processes share are counted once among them. */
export type MemoryPeak = { bytes: number; processes: number; dispatcherBytes: number };

const everyMs = 100;

/**
 * Watches a process and all that descend from it until `stop`, and keeps the moment at which they held most. What lies
 * in files of a memory-backed file system counts only where it is mapped.
 */
export function sampleMemory(root: number): { stop: () => MemoryPeak } {
  let peak: MemoryPeak = { bytes: 0, processes: 0, dispatcherBytes: 0 };
  const look = (): void => {
    const pids = withDescendants(root);
    const sizes = pids.map(pssOf);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    if (bytes > peak.bytes) peak = { bytes, processes: pids.length, dispatcherBytes: sizes[0] ?? 0 };
  };
  const timer = setInterval(look, everyMs);
  return {
    stop: () => {
      clearInterval(timer);
      if (peak.bytes === 0) throw new Error(`no memory of process ${root} could be read from /proc`);
      return peak;
    },
  };
}

function withDescendants(root: number): number[] {
  const children = Map.groupBy(
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number),
    parentOf,
  );
  const found = [root];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

function parentOf(pid: number): number {
  // The name before it may hold anything, brackets too.
  const fields = read(`/proc/${pid}/stat`).split(") ").at(-1) ?? "";
  return Number(fields.split(" ")[1] ?? 0);
}

function pssOf(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

/** Empty for a process that ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "ENOENT" || code === "ESRCH") return "";
    throw error;
  }
}
