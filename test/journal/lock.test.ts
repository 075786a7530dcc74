import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { acquireDispatcherLock, dispatcherStatus } from "../../src/journal/lock.ts";
import { codeOf, exitOf, newFolder, startProgram } from "./support.ts";

const self = {
  pid: process.pid,
  since: 1_700_000_000_000,
  command: "agentx dispatch plan.md",
  root: "/repo",
};

test("a second dispatcher is refused and told who holds the repository, since when, and with what", async () => {
  const folder = newFolder();
  const { child, lines } = startProgram("hold-lock", [folder]);
  await once(lines, "line");
  const acquire = (): unknown => acquireDispatcherLock({ folder, ...self });
  expect(codeOf(acquire)).toBe("DISPATCHER_RUNNING");
  expect(acquire).toThrow(
    new RegExp(`process ${child.pid}, since 20.+Z, \`agentx dispatch plan.md\` in /repo`),
  );
});

test("kill -9 of the holder frees the repository at once", async () => {
  const folder = newFolder();
  const { child, lines } = startProgram("hold-lock", [folder]);
  await once(lines, "line");
  expect(dispatcherStatus(folder)).toMatchObject({ running: true, dispatcher: { pid: child.pid } });
  child.kill("SIGKILL");
  await exitOf(child);
  expect(dispatcherStatus(folder)).toEqual({ running: false });
  using lock = acquireDispatcherLock({ folder, ...self });
  expect(lock).toBeDefined();
  expect(dispatcherStatus(folder)).toEqual({ running: true, dispatcher: self });
});

test("a stopped holder still holds: nobody takes over from a process that may wake up", async () => {
  const folder = newFolder();
  const { child, lines } = startProgram("hold-lock", [folder]);
  await once(lines, "line");
  child.kill("SIGSTOP");
  expect(codeOf(() => acquireDispatcherLock({ folder, ...self }))).toBe("DISPATCHER_RUNNING");
});

test("a released lock can be taken again, and leaves no name behind", () => {
  const folder = newFolder();
  const lock = acquireDispatcherLock({ folder, ...self });
  expect(codeOf(() => acquireDispatcherLock({ folder, ...self }))).toBe("DISPATCHER_RUNNING");
  lock.release();
  lock.release();
  expect(existsSync(join(folder, "dispatcher.json"))).toBe(false);
  expect(dispatcherStatus(folder)).toEqual({ running: false });
  acquireDispatcherLock({ folder, ...self }).release();
});

test("looking does not disturb: the holder keeps its lock, and a look from within it does not free it", async () => {
  const folder = newFolder();
  using lock = acquireDispatcherLock({ folder, ...self });
  for (let i = 0; i < 100; i += 1) expect(dispatcherStatus(folder).running).toBe(true);
  expect(lock).toBeDefined();
  const { child, lines } = startProgram("hold-lock", [folder]);
  lines.resume();
  expect(await exitOf(child)).toBe(1);
});

test("without a folder nobody dispatches, and looking makes none", () => {
  const folder = newFolder();
  expect(dispatcherStatus(folder)).toEqual({ running: false });
  expect(existsSync(folder)).toBe(false);
});
