import type { SandboxLimits } from "../../core/run-settings.ts";
import type { LimitMeans } from "./limit-means.ts";

/** The hard limits that this process has, by the name that `prlimit` gives them; nobody inside may have more. */
export type HardLimits = Readonly<Record<"data" | "nproc" | "fsize" | "nofile", number>>;

/** How much more than it uses a process may set aside. */
const reserved = 4;

const rows: Readonly<Record<keyof HardLimits, string>> = {
  data: "Max data size",
  nproc: "Max processes",
  fsize: "Max file size",
  nofile: "Max open files",
};

/** @param text of /proc/self/limits */
export function readHardLimits(text: string): HardLimits {
  const hard = (row: string): number => {
    const line = text.split("\n").find((each) => each.startsWith(row)) ?? "";
    const value = line.slice(row.length).trim().split(/\s+/)[1];
    return value === undefined || value === "unlimited" ? Infinity : Number(value);
  };
  return {
    data: hard(rows.data),
    nproc: hard(rows.nproc),
    fsize: hard(rows.fsize),
    nofile: hard(rows.nofile),
  };
}

/**
 * What stands before the first program inside: `prlimit` and what it sets. It runs in the sandbox's own user namespace, so that
 * the processes of the person's other programs do not count. Memory is RLIMIT_DATA, not RLIMIT_AS: compilers and runtimes reserve
 * far more addresses than they use, WebAssembly tens of gigabytes. Even so Node counts half a gigabyte for each of its threads, so a process
 * may have a multiple, and the helper watches what is really used. Empty where nothing is to be set.
 */
export function rlimitWords(
  limits: SandboxLimits,
  { means, hard }: { means: LimitMeans; hard: HardLimits },
): string[] {
  if (means.prlimit === null) return [];
  const wanted: [keyof HardLimits, number | null][] = [
    ["data", means.memory === "rlimit" && limits.memory !== null ? limits.memory * reserved : null],
    ["nproc", means.processes === "rlimit" ? limits.processes : null],
    ["fsize", limits.file],
    ["nofile", limits.openFiles],
  ];
  const words = wanted.flatMap(([name, value]) =>
    value === null ? [] : [`--${name}=${Math.min(value, hard[name])}`],
  );
  return words.length === 0 ? [] : [means.prlimit, ...words];
}
