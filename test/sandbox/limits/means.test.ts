import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { noSandboxLimits } from "../../../src/core/run-settings.ts";
import { findCgroupHome } from "../../../src/sandbox/limits/cgroup-home.ts";
import { meansOf } from "../../../src/sandbox/limits/limit-means.ts";
import { memoryFolders } from "../../../src/sandbox/limits/memory-folders.ts";
import { readHardLimits, rlimitWords } from "../../../src/sandbox/limits/rlimits.ts";
import { temporaryFolder } from "../support.ts";

const limits = { ...noSandboxLimits, memory: 2048, processes: 20, file: 4096, openFiles: 64 };
const endless = { data: Infinity, nproc: Infinity, fsize: Infinity, nofile: Infinity };
const machine = { cgroup: null, prlimit: "/usr/bin/prlimit", isRoot: false, kernel: "6.1.0-13-amd64" };
const v2 = { version: 2 as const, folder: "/x", controllers: ["memory" as const, "pids" as const] };

describe("what holds a limit", () => {
  test("is a cgroup where one can be had, and prlimit for the rest", () => {
    const means = meansOf({ ...machine, cgroup: v2 });
    expect(means).toMatchObject({ memory: "cgroup", processes: "cgroup", files: "rlimit" });
    expect(rlimitWords(limits, { means, hard: endless })).toEqual([
      "/usr/bin/prlimit",
      "--fsize=4096",
      "--nofile=64",
    ]);
  });

  test("is prlimit for an ordinary user without a cgroup", () => {
    const means = meansOf(machine);
    expect(means).toMatchObject({ memory: "rlimit", processes: "rlimit", files: "rlimit" });
    const words = ["/usr/bin/prlimit", "--data=8192", "--nproc=20", "--fsize=4096", "--nofile=64"];
    expect(rlimitWords(limits, { means, hard: endless })).toEqual(words);
  });

  test("of processes is nothing for root, whom the kernel exempts, and before 5.14, where it counts those outside too", () => {
    expect(meansOf({ ...machine, isRoot: true }).processes).toBe("none");
    expect(meansOf({ ...machine, kernel: "5.10.0" }).processes).toBe("none");
    expect(meansOf({ ...machine, kernel: "5.14.0-rc1" }).processes).toBe("rlimit");
  });

  test("is nothing where there is neither", () => {
    const means = meansOf({ ...machine, prlimit: null });
    expect(means).toMatchObject({ memory: "none", processes: "none", files: "none" });
    expect(rlimitWords(limits, { means, hard: endless })).toEqual([]);
  });

  test("never asks for more than this process may have, which prlimit would refuse", () => {
    const text =
      "Limit  Soft  Hard  Units\nMax file size             100   unlimited            bytes\nMax open files            20                  32                files\n";
    const hard = readHardLimits(text);
    expect(hard).toEqual({ ...endless, nofile: 32 });
    expect(
      rlimitWords(
        { ...limits, memory: null, processes: null, file: null },
        { means: meansOf(machine), hard },
      ),
    ).toEqual(["/usr/bin/prlimit", "--nofile=32"]);
  });

  test("of a folder in memory is a part of the limit, and never more than half of the machine's", () => {
    expect(memoryFolders(8000, 16_000)).toEqual({ large: 4000, small: 1000 });
    expect(memoryFolders(8000, 4000)).toEqual({ large: 2000, small: 500 });
    expect(memoryFolders(null, 4000)).toBeNull();
  });
});

/** A tree of files that looks like a cgroup hierarchy; making one for a sandbox puts no file in it, so the trial is refused. */
function hierarchy(folder: string, handed: Record<string, string>): void {
  for (const [path, controllers] of Object.entries(handed)) {
    mkdirSync(join(folder, path), { recursive: true });
    writeFileSync(join(folder, path, "cgroup.procs"), "");
    writeFileSync(join(folder, path, "cgroup.subtree_control"), controllers);
  }
}
const mounted = (at: string, root = "/"): string =>
  `30 23 0:26 ${root} ${at} rw shared:4 - cgroup2 cgroup2 rw\n`;

describe("the place for cgroups", () => {
  test("is not taken where the kernel makes none, and nothing is left there", () => {
    using folder = temporaryFolder();
    hierarchy(folder.path, { "user/session": "memory pids" });
    expect(findCgroupHome({ self: "0::/user/session/app\n", mounts: mounted(folder.path) })).toBeNull();
    expect(readdirSync(join(folder.path, "user", "session")).toSorted()).toEqual([
      "cgroup.procs",
      "cgroup.subtree_control",
    ]);
  });

  test.each([
    ["there is no cgroup of version 2", "4:memory:/x\n", "/"],
    ["the own one lies outside of what is seen", "0::/../other\n", "/"],
    ["the mount shows a part only", "0::/user/session/app\n", "/docker/1"],
  ])("is none where %s", (_, self, root) => {
    using folder = temporaryFolder();
    hierarchy(folder.path, { "user/session": "memory pids" });
    expect(findCgroupHome({ self, mounts: mounted(folder.path, root) })).toBeNull();
  });
});
