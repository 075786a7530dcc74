import { copyFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

import type { RunEvent } from "../../src/core/event.ts";
import { openJournal } from "../../src/journal/journal.ts";
import { codeOf, exitOf, newFolder, note, started, startProgram } from "./support.ts";

test("kill -9 in the middle of appends loses nothing that was acknowledged", async () => {
  const folder = newFolder();
  using journal = openJournal({ folder });
  journal.append({ run: "r1", at: 1, event: started("r1") });
  const { child, lines } = startProgram("append", [folder, "r1", "1000000"]);
  let acknowledged = 0;
  for await (const line of lines) {
    acknowledged = Number(line);
    if (acknowledged === 200) child.kill("SIGKILL");
  }
  await exitOf(child);
  const events = journal.events("r1");
  expect(events.length).toBeGreaterThanOrEqual(acknowledged);
  expect(events.map((event) => event.seq)).toEqual(events.map((_, i) => i + 1));
  expect(journal.append({ run: "r1", at: 1, event: note("on") }).seq).toBe(events.length + 1);
});

test("two processes that append at once keep every event, in one order", async () => {
  const folder = newFolder();
  using journal = openJournal({ folder });
  journal.append({ run: "r1", at: 1, event: started("r1") });
  const writers = [1, 2].map(() => startProgram("append", [folder, "r1", "200"]));
  expect(await Promise.all(writers.map(({ child }) => exitOf(child)))).toEqual([0, 0]);
  const events = journal.events("r1");
  expect(events).toHaveLength(401);
  for (const { child } of writers) {
    const own = events.flatMap((e) =>
      e.type === "note.added" && e.text.startsWith(`${child.pid} `) ? [e.at] : [],
    );
    expect(own).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
  }
});

test("processes that make the journal at the same moment all succeed", async () => {
  const folder = newFolder();
  const openers = ["a", "b", "c", "d"].map((run) => startProgram("open", [folder, run]).child);
  expect(await Promise.all(openers.map(exitOf))).toEqual([0, 0, 0, 0]);
});

test("a write-ahead log that was cut anywhere still gives an exact prefix", () => {
  const folder = newFolder();
  using journal = openJournal({ folder });
  journal.append({ run: "r1", at: 1, event: started("r1") });
  for (let i = 0; i < 20; i += 1)
    journal.append({ run: "r1", at: i, event: note(`${i} ${"x".repeat(500)}`) });
  const whole = journal.events("r1");
  const bytes = readFileSync(join(folder, "journal.db-wal")).length;
  const lengths = new Set<number>();
  for (let cut = 0; cut <= bytes; cut += 1009) {
    const copy = copyOf(folder, `cut-${cut}`);
    truncateSync(join(copy, "journal.db-wal"), cut);
    const events = eventsOr(copy, []);
    lengths.add(events.length);
    expect(events).toEqual(whole.slice(0, events.length));
  }
  expect(lengths.size).toBeGreaterThan(15);
});

test("a file that is cut short, or is no journal at all, is called damaged and not touched", () => {
  const folder = newFolder();
  const journal = openJournal({ folder });
  journal.append({ run: "r1", at: 1, event: started("r1") });
  for (let i = 0; i < 100; i += 1) journal.append({ run: "r1", at: i, event: note("x".repeat(300)) });
  journal.close();
  const cut = copyOf(folder, "short");
  truncateSync(join(cut, "journal.db"), 20_000);
  expect(codeOf(() => eventsOf(cut))).toBe("JOURNAL_DAMAGED");
  const text = copyOf(folder, "text");
  writeFileSync(
    join(text, "journal.db"),
    "this is no database, but it is long enough to be read as one\n".repeat(50),
  );
  expect(codeOf(() => eventsOf(text))).toBe("JOURNAL_DAMAGED");
  expect(codeOf(() => openJournal({ folder: text }))).toBe("JOURNAL_DAMAGED");
  expect(readFileSync(join(text, "journal.db"), "utf8")).toContain("this is no database");
});

function copyOf(folder: string, name: string): string {
  const copy = join(dirname(folder), name);
  mkdirSync(copy);
  for (const file of ["journal.db", "journal.db-wal"]) {
    if (existsSync(join(folder, file))) copyFileSync(join(folder, file), join(copy, file));
  }
  return copy;
}

function eventsOf(folder: string): RunEvent[] {
  using journal = openJournal({ folder, readOnly: true });
  return journal.events("r1");
}

/** What is read, or `otherwise` when the journal says that it is damaged, newer, older or empty. */
function eventsOr<T>(folder: string, otherwise: T): RunEvent[] | T {
  let events: RunEvent[] | T = otherwise;
  const code = codeOf(() => (events = eventsOf(folder)));
  expect([
    "no error",
    "JOURNAL_DAMAGED",
    "JOURNAL_NEWER",
    "JOURNAL_OLDER",
    "JOURNAL_UNWRITABLE",
    "NO_RUNS",
  ]).toContain(code);
  return events;
}
