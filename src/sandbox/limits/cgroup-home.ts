import { accessSync, constants, mkdirSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { isAlive } from "../../sys/is-alive.ts";

/** Where a cgroup may be made for each sandbox. */
export type CgroupHome = {
  version: 1 | 2;
  folder: string;
  controllers: ("memory" | "pids")[];
};

/** What the kernel says of this process: texts of /proc/self/cgroup and /proc/self/mountinfo. */
export type CgroupFacts = { self: string; mounts: string };

/**
 * The nearest folder above this process's own cgroup that is ours and hands memory or processes on to its children: a delegated
 * one of the person's, or any for root. Of version 1 only the processes are taken, which nothing else counts for root. Null
 * where there is none, as in most containers.
 */
export function findCgroupHome(facts: CgroupFacts | null = readFacts()): CgroupHome | null {
  if (facts === null) return null;
  const home = findUnified(facts) ?? findPidsV1(facts);
  if (home === null) return null;
  sweep(home.folder);
  const trial = join(home.folder, cgroupName("trial"));
  try {
    mkdirSync(trial);
    accessSync(join(trial, "cgroup.procs"), constants.W_OK);
    return home;
  } catch {
    return null;
  } finally {
    removeQuietly(trial);
  }
}

/** Names its maker, so that what a killed one left can be told from what is in use. */
export function cgroupName(rest: string): string {
  return `agentx-${process.pid}-${rest}`;
}

function findUnified({ self, mounts }: CgroupFacts): CgroupHome | null {
  const own = /^0::(\/.*)$/m.exec(self)?.[1];
  const top = mountOf(mounts, / - cgroup2 /);
  if (own === undefined || top === null || own.startsWith("/..")) return null;
  for (let folder = join(top, own); folder.startsWith(top); folder = dirname(folder)) {
    const handed = readQuietly(join(folder, "cgroup.subtree_control")).split(/\s+/);
    const controllers = (["memory", "pids"] as const).filter((name) => handed.includes(name));
    // Processes move between cgroups only for whom the folder above both is.
    if (controllers.length > 0 && isOurs(folder)) return { version: 2, folder, controllers };
    if (folder === top) break;
  }
  return null;
}

function findPidsV1({ self, mounts }: CgroupFacts): CgroupHome | null {
  const own = /^\d+:pids:(\/.*)$/m.exec(self)?.[1];
  const top = mountOf(mounts, / - cgroup .*\bpids\b/);
  if (own === undefined || top === null || own.startsWith("/..")) return null;
  const folder = join(top, own);
  return isOurs(folder) ? { version: 1, folder, controllers: ["pids"] } : null;
}

/** Only a mount that shows its hierarchy from the root, as the paths in /proc/self/cgroup are counted. */
function mountOf(mounts: string, kind: RegExp): string | null {
  const line = mounts.split("\n").find((each) => kind.test(each) && each.split(" ")[3] === "/");
  return line?.split(" ")[4] ?? null;
}

function isOurs(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    accessSync(join(folder, "cgroup.procs"), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** An agentx that was killed leaves its cgroups; the kernel removes none that has a process. */
function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /^agentx-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) removeQuietly(join(folder, name));
  }
}

function readFacts(): CgroupFacts | null {
  const [self, mounts] = [readQuietly("/proc/self/cgroup"), readQuietly("/proc/self/mountinfo")];
  return self === "" ? null : { self, mounts };
}

/** Empty where it cannot be read: then it holds nothing that could be used. */
function readQuietly(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function removeQuietly(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // In use, or gone.
  }
}
