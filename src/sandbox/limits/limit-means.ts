import { existsSync } from "node:fs";
import { release } from "node:os";
import { type CgroupHome, findCgroupHome } from "./cgroup-home.ts";

/** By what this machine can hold a sandbox to its limits. */
export type LimitMeans = {
  cgroup: CgroupHome | null;
  /** Absolute path of `prlimit`, the same inside, or null. */
  prlimit: string | null;
  /** cgroup: of all processes together; rlimit: of each. */
  memory: "cgroup" | "rlimit" | "none";
  /** Of the whole sandbox. */
  processes: "cgroup" | "rlimit" | "none";
  /** Of each file, and of each process. */
  files: "rlimit" | "none";
};

/** Only where system folders are: nothing else of the host is at the same place inside. */
const places = ["/usr/bin/prlimit", "/bin/prlimit"];

/** Looks, and makes a cgroup for a moment to be sure that it may. */
export function findLimitMeans(): LimitMeans {
  return meansOf({
    cgroup: findCgroupHome(),
    prlimit: places.find((path) => existsSync(path)) ?? null,
    isRoot: process.getuid?.() === 0,
    kernel: release(),
  });
}

export type MachineMeans = Pick<LimitMeans, "cgroup" | "prlimit"> & { isRoot: boolean; kernel: string };

export function meansOf({ cgroup, prlimit, isRoot, kernel }: MachineMeans): LimitMeans {
  const rlimit = prlimit === null ? "none" : "rlimit";
  // The kernel exempts root; and before 5.14 it counts a user's processes everywhere, not only those inside.
  const countsProcesses = !isRoot && isAtLeast(kernel, [5, 14]);
  const has = (controller: "memory" | "pids"): boolean => cgroup?.controllers.includes(controller) ?? false;
  return {
    cgroup,
    prlimit,
    memory: has("memory") ? "cgroup" : rlimit,
    processes: has("pids") ? "cgroup" : countsProcesses ? rlimit : "none",
    files: rlimit,
  };
}

function isAtLeast(kernel: string, [major, minor]: [number, number]): boolean {
  const [has = 0, hasMinor = 0] = kernel.split(".").map((part) => Number.parseInt(part, 10));
  return has > major || (has === major && hasMinor >= minor);
}
