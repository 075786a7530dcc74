import { expect, test } from "vitest";
import { checkLimits } from "../../../src/engine/doctor/check-limits.ts";
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
