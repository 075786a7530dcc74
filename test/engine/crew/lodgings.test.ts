import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Agent, nothingNeeded } from "../../../src/agents/agent.ts";
import { removeDeadDoors } from "../../../src/engine/crew/doors-folder.ts";
import { createLodgings } from "../../../src/engine/crew/lodgings.ts";

const guest: Agent = {
  name: "claude",
  needs: { readOnly: ["/opt/claude"], network: false, home: true, openSandbox: true, isProgram: false },
  work: async () => ({ type: "finished", note: "" }),
};

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "agentx-lodgings-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("jobs that start at the same moment each get a door of their own", async () => {
  const lodgings = createLodgings(aFolder());
  const opened = await Promise.all(["a", "b", "c", "d"].map((task) => lodgings.open(guest, `r1/${task}`)));
  expect(new Set(opened.map(({ door }) => door)).size).toBe(4);
  expect(new Set(opened.map(({ door }) => dirname(door ?? ""))).size).toBe(1);
  await lodgings.close();
});

test("a HOME is nobody else's, outlives the run's doors, and is found again by its place", async () => {
  const folder = aFolder();
  const lodgings = createLodgings(folder);
  const first = await lodgings.open(guest, "r1/login/1");
  const again = await lodgings.open(guest, "r1/login/1");
  expect(again.home).toBe(first.home);
  expect(again.door).not.toBe(first.door);
  expect(statSync(first.home ?? "").mode & 0o777).toBe(0o700);
  expect(first).toMatchObject({ readOnly: ["/opt/claude"], network: false });
  await lodgings.close();
  expect(existsSync(first.home ?? "")).toBe(true);
  expect(existsSync(dirname(first.door ?? ""))).toBe(false);
});

test("the built-in agent needs none", async () => {
  const folder = aFolder();
  const lodgings = createLodgings(folder);
  const lodging = await lodgings.open({ ...guest, needs: nothingNeeded }, "r1/login/1");
  expect(lodging).toEqual({ home: null, door: null, readOnly: [], network: false, mostly: "files" });
  expect(existsSync(join(folder, "agents"))).toBe(false);
});

test("leftovers of a killed run block the next: they are removed, and what a living process has is not", async () => {
  const folder = aFolder();
  const { pid: dead } = spawnSync("true");
  mkdirSync(join(folder, "doors", `${dead}-abc`, "1"), { recursive: true });
  mkdirSync(join(folder, "doors", `${process.ppid}-abc`), { recursive: true });
  await removeDeadDoors(join(folder, "doors"));
  expect(readdirSync(join(folder, "doors"))).toEqual([`${process.ppid}-abc`]);
  await removeDeadDoors(join(folder, "nothing"));
});

test("a door's path is short, however long the folder's is", async () => {
  const lodgings = createLodgings(join(aFolder(), "x".repeat(100)));
  const { door } = await lodgings.open(guest, "r1/login/1");
  expect(Buffer.byteLength(join(door ?? "", "s"))).toBeLessThan(108);
  await lodgings.close();
  expect(existsSync(door ?? "")).toBe(false);
});
