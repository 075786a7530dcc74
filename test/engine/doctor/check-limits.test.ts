import { expect, test } from "vitest";
import { checkDisk } from "../../../src/engine/doctor/check-disk.ts";
import { checkLimits, checkOtherLimits } from "../../../src/engine/doctor/check-limits.ts";
import { meansOf } from "../../../src/sandbox/limits/limit-means.ts";

const machine = { cgroup: null, prlimit: "/usr/bin/prlimit", isRoot: false, kernel: "6.1.0" };

test("the row says by what each limit is held", () => {
  expect(checkLimits(meansOf(machine))).toMatchObject({
    health: "ok",
    what: "memory watched by the sandbox, and by prlimit; processes by prlimit; files by prlimit",
  });
  const cgroup = { version: 2 as const, folder: "/x", controllers: ["memory" as const, "pids" as const] };
  expect(checkLimits(meansOf({ ...machine, isRoot: true, cgroup }))).toMatchObject({
    health: "ok",
    what: "memory by cgroup v2; processes by cgroup v2; files by prlimit",
  });
});

test("what nothing holds is a warning with the way out", () => {
  expect(checkLimits(meansOf({ ...machine, isRoot: true }))).toMatchObject({
    health: "warn",
    what: expect.stringContaining("processes without a limit"),
    fix: expect.stringContaining("systemd-run --user --scope"),
  });
  expect(checkLimits(meansOf({ ...machine, prlimit: null }))).toMatchObject({
    health: "warn",
    fix: expect.stringContaining("util-linux"),
  });
});

test("another program's limits are its own, and those that a Mac has not are a warning", () => {
  expect(checkOtherLimits("podman")).toMatchObject({
    health: "ok",
    what: "memory, processes and files by podman",
  });
  expect(checkOtherLimits("sandbox-runtime")).toMatchObject({
    health: "warn",
    what: expect.stringContaining("memory without a limit"),
    fix: expect.stringContaining("sandbox.use: docker"),
  });
});

test("a disk that has less left than has to stay free is a warning", async () => {
  const here = import.meta.dirname;
  expect(await checkDisk(here, { disk: 2 ** 30, diskFree: 2 ** 20 })).toMatchObject({
    health: "ok",
    what: expect.stringMatching(/^watched: at most 1g a sandbox; 1m stays free of \d+[mgt] here$/),
  });
  expect(await checkDisk(here, { disk: null, diskFree: 2 ** 60 })).toMatchObject({
    health: "warn",
    fix: expect.stringContaining("make room"),
  });
  expect(await checkDisk(here, { disk: null, diskFree: null })).toMatchObject({ what: "without a limit" });
});
