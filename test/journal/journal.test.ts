import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { openJournal } from "../../src/journal/journal.ts";
import { newFolder, note, started } from "./support.ts";

test("events come back as they were appended, numbered from 1, also in another process's eyes", () => {
  const folder = newFolder();
  using journal = openJournal({ folder });
  const first = journal.append({ run: "r1", at: 10, event: started("r1") });
  const rest = journal.appendAll({ run: "r1", at: 20, events: [note("a"), note("b")] });
  expect([first, ...rest].map((event) => event.seq)).toEqual([1, 2, 3]);
  using reader = openJournal({ folder, readOnly: true });
  expect(reader.events("r1")).toEqual([first, ...rest]);
  expect(reader.eventsAfter("r1", 1)).toEqual(rest);
  expect(reader.eventsAfter("r1", 3)).toEqual([]);
  expect(reader.events("nobody")).toEqual([]);
});

test("runs are numbered each for itself", () => {
  using journal = openJournal({ folder: newFolder() });
  journal.append({ run: "r1", at: 1, event: started("r1") });
  journal.append({ run: "r2", at: 2, event: started("r2") });
  expect(journal.append({ run: "r1", at: 3, event: note("a") }).seq).toBe(2);
  expect(journal.append({ run: "r2", at: 4, event: note("b") }).seq).toBe(2);
});

test("the list of runs tells when each began and ended, and forgets an end that was taken back", () => {
  using journal = openJournal({ folder: newFolder() });
  expect(journal.latestRun()).toBeNull();
  journal.append({ run: "r1", at: 1, event: started("r1", "Log in") });
  journal.append({ run: "r1", at: 5, event: { type: "run.finished" } });
  journal.append({ run: "r2", at: 6, event: started("r2", "Log out") });
  expect(journal.runs()).toEqual([
    { run: "r1", title: "Log in", startedAt: 1, finishedAt: 5 },
    { run: "r2", title: "Log out", startedAt: 6, finishedAt: null },
  ]);
  expect(journal.latestRun()?.run).toBe("r2");
  journal.append({ run: "r1", at: 7, event: { type: "run.resumed", pid: 1 } });
  expect(journal.runs()[0]?.finishedAt).toBeNull();
});

test("a batch is appended whole or not at all", () => {
  using journal = openJournal({ folder: newFolder() });
  journal.append({ run: "r1", at: 1, event: started("r1") });
  expect(() => journal.appendAll({ run: "r1", at: 2, events: [note("a"), started("r1")] })).toThrow(
    "already",
  );
  expect(journal.events("r1")).toHaveLength(1);
});

test("a run that never started takes no events", () => {
  using journal = openJournal({ folder: newFolder() });
  expect(() => journal.append({ run: "r1", at: 1, event: note("a") })).toThrow("must begin with run.started");
});

test("the folder keeps itself out of git", () => {
  const folder = newFolder();
  using journal = openJournal({ folder });
  expect(journal.runs()).toEqual([]);
  expect(readFileSync(join(folder, ".gitignore"), "utf8")).toBe("*\n");
});

test("10,000 events load in well under a second, and the list of runs does not notice them", () => {
  using journal = openJournal({ folder: newFolder() });
  journal.append({ run: "r1", at: 1, event: started("r1") });
  const events = Array.from({ length: 10_000 }, (_, i) => note(`${i} ${"x".repeat(200)}`));
  journal.appendAll({ run: "r1", at: 2, events });
  let before = performance.now();
  expect(journal.events("r1")).toHaveLength(10_001);
  expect(performance.now() - before).toBeLessThan(1000);
  before = performance.now();
  journal.runs();
  journal.latestRun();
  expect(performance.now() - before).toBeLessThan(50);
});

test("a conversation goes on where it stopped, message by message", () => {
  const folder = newFolder();
  const key = { run: "r1", task: "login", thread: 1 };
  using journal = openJournal({ folder });
  const conversation = journal.conversation<{ role: string; text: string }>(key);
  conversation.append({ role: "user", text: "hello" });
  conversation.append({ role: "assistant", text: "yes\u0000\u2028" });
  journal
    .conversation<{ role: string; text: string }>({ ...key, thread: 2 })
    .append({ role: "user", text: "again" });
  using later = openJournal({ folder });
  expect(later.conversation(key).messages()).toEqual(conversation.messages());
  expect(later.transcript({ run: "r1", task: "login" })).toEqual([
    { thread: 1, place: 0, message: { role: "user", text: "hello" } },
    { thread: 1, place: 1, message: { role: "assistant", text: "yes\u0000\u2028" } },
    { thread: 2, place: 0, message: { role: "user", text: "again" } },
  ]);
});

test("two writers of one conversation do not mix their turns", () => {
  const folder = newFolder();
  const key = { run: "r1", task: "login", thread: 1 };
  using journal = openJournal({ folder });
  const [one, two] = [journal.conversation<string>(key), journal.conversation<string>(key)];
  expect([one.messages(), two.messages()]).toEqual([[], []]);
  one.append("mine");
  expect(() => two.append("also mine")).toThrow("UNIQUE");
});

test("a verdict is kept for its tree, command and toolchain, over runs, unless the gate was broken", () => {
  using journal = openJournal({ folder: newFolder() });
  const key = { tree: "t1", command: "npm test", toolchain: "node24" };
  const common = { gate: "test", command: "npm test", ms: 5, cached: false };
  journal.storeVerdict(key, { ...common, type: "broken", reason: "no npm", excerpt: "", log: "" });
  expect(journal.cachedVerdict(key)).toBeNull();
  journal.storeVerdict(key, { ...common, type: "passed" });
  expect(journal.cachedVerdict(key)).toEqual({ ...common, type: "passed", cached: true });
  expect(journal.cachedVerdict({ ...key, tree: "t2" })).toBeNull();
  expect(journal.cachedVerdict({ ...key, toolchain: "node25" })).toBeNull();
});
