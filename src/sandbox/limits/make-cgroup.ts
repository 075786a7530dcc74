import { existsSync, readFileSync } from "node:fs";
import { mkdir, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { SandboxLimits } from "../../core/run-settings.ts";
import { type CgroupHome, cgroupName } from "./cgroup-home.ts";

export type Cgroup = {
  /** Everything that the process starts from now on is in it too. */
  join: (pid: number) => Promise<void>;
  /** How often something was refused or ended since it was made. */
  refusals: () => { memory: number; processes: number };
  /** When everything in it has ended. Never throws: what is left is removed by a later agentx. */
  remove: () => Promise<void>;
};

const removeTries = 50;
const removePauseMs = 10;
let made = 0;

/** One for one sandbox. The kernel takes its time to make it. Rejects with the file system's error. */
export async function makeCgroup(home: CgroupHome, limits: SandboxLimits): Promise<Cgroup> {
  made += 1;
  const folder = join(home.folder, cgroupName(String(made)));
  await mkdir(folder);
  const write = (name: string, value: number): Promise<void> => writeFile(join(folder, name), String(value));
  if (home.controllers.includes("pids") && limits.processes !== null)
    await write("pids.max", limits.processes);
  if (home.controllers.includes("memory") && limits.memory !== null) {
    await write("memory.max", limits.memory);
    // Otherwise what is past the limit goes on in the swap. Absent where the kernel counts none.
    if (existsSync(join(folder, "memory.swap.max"))) await write("memory.swap.max", 0);
  }
  return {
    // The kernel takes its time: it waits until nobody looks at the groups any more.
    join: (pid) => writeFile(join(folder, "cgroup.procs"), String(pid)),
    refusals: () => ({
      memory: count(join(folder, "memory.events"), "oom_kill"),
      processes: count(join(folder, "pids.events"), "max"),
    }),
    remove: () => removeWhenEmpty(folder),
  };
}

async function removeWhenEmpty(folder: string): Promise<void> {
  for (let tries = 0; tries < removeTries; tries += 1) {
    try {
      await rmdir(folder);
      return;
    } catch {
      // The kernel ends what was inside on its own time.
      await setTimeout(removePauseMs);
    }
  }
}

function count(path: string, name: string): number {
  if (!existsSync(path)) return 0;
  const line = readFileSync(path, "utf8")
    .split("\n")
    .find((each) => each.startsWith(`${name} `));
  return Number(line?.split(" ")[1] ?? 0);
}
