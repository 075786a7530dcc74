import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";

import type { EventBody } from "../../src/core/event.ts";
import { insertEvents, readEvents } from "../../src/journal/event-log.ts";
import { guard } from "../../src/journal/failure.ts";
import { openJournal } from "../../src/journal/journal.ts";
import { acquireDispatcherLock } from "../../src/journal/lock.ts";
import { writeAbout } from "../../src/journal/about.ts";
import { migrations, schemaVersion } from "../../src/journal/schema.ts";
import { openSqlite } from "../../src/journal/sqlite.ts";
import { noSecrets } from "../../src/sys/secrets.ts";
import { openStore } from "../../src/journal/store.ts";
import { transaction } from "../../src/journal/transaction.ts";
import { codeOf, newFolder, note, started } from "./support.ts";

test("a reader of a repository without a run is told how to start one, and leaves nothing behind", () => {
  const folder = newFolder();
  expect(() => openJournal({ folder, readOnly: true })).toThrow("agentx dispatch plan.md");
  expect(existsSync(folder)).toBe(false);
});

test("a journal of a newer agentx is refused with both versions and stays as it is", () => {
  const folder = newFolder();
  openJournal({ folder }).close();
  edit(folder, (db) => {
    writeAbout(db, { schema: 99, writer: "7.8.9" });
    db.exec("PRAGMA user_version = 99");
  });
  const before = readFileSync(join(folder, "journal.db"));
  for (const readOnly of [true, false]) {
    expect(codeOf(() => openJournal({ folder, readOnly }))).toBe("JOURNAL_NEWER");
  }
  expect(() => openJournal({ folder })).toThrow(
    /agentx 7\.8\.9 wrote this journal: its schema is 99, and this agentx, \d+\.\d+\.\d+, knows \d+/,
  );
  expect(readFileSync(join(folder, "journal.db"))).toEqual(before);
});

test("a version that the journal itself contradicts is damage, and neither newer nor empty", () => {
  const folder = newFolder();
  openJournal({ folder }).close();
  for (const version of [99, 3, 1, 0]) {
    edit(folder, (db) => db.exec(`PRAGMA user_version = ${version}`));
    for (const readOnly of [true, false]) {
      expect(codeOf(() => openJournal({ folder, readOnly }))).toBe("JOURNAL_DAMAGED");
    }
  }
});

test("a migration that fails leaves the journal as it was", () => {
  const folder = newFolder();
  mkdirSync(folder);
  const before = "SELECT name, sql FROM sqlite_schema ORDER BY name";
  const tables = edit(folder, (db) => {
    db.exec(`${migrations[0]}; PRAGMA user_version = 1; CREATE VIEW about AS SELECT 1`);
    return db.prepare(before).all();
  });
  expect(() => openJournal({ folder })).toThrow("about");
  expect(edit(folder, (db) => [schemaVersion(db), db.prepare(before).all()])).toEqual([1, tables]);
});

test("a file that was made and not filled, as by a crash, is filled by the next writer", () => {
  const folder = newFolder();
  mkdirSync(folder);
  openSqlite(join(folder, "journal.db"), { readOnly: false, busyMs: 0 }).close();
  expect(codeOf(() => openJournal({ folder, readOnly: true }))).toBe("NO_RUNS");
  using journal = openJournal({ folder });
  expect(journal.append({ run: "r1", at: 1, event: started("r1") }).seq).toBe(1);
});

test("a journal that cannot be opened says so, to root as well", () => {
  const folder = newFolder();
  mkdirSync(folder);
  symlinkSync("/nowhere/journal.db", join(folder, "journal.db"));
  expect(codeOf(() => openJournal({ folder }))).toBe("JOURNAL_UNWRITABLE");
});

test("a folder that cannot be made says so, to the dispatcher's lock as well", () => {
  const folder = newFolder();
  writeFileSync(folder, "somebody's file");
  expect(codeOf(() => openJournal({ folder }))).toBe("JOURNAL_UNWRITABLE");
  const self = { pid: process.pid, since: 0, command: "agentx", root: "/repo" };
  expect(codeOf(() => acquireDispatcherLock({ folder, ...self }))).toBe("JOURNAL_UNWRITABLE");
});

test("a full disk is told as such, and what was recorded before stays", () => {
  const folder = newFolder();
  const store = openStore(folder, { readOnly: false, secrets: noSecrets, isHeld: null });
  const insert = (event: EventBody): unknown => insertEvents(store, { run: "r1", at: 1 }, [event]);
  const append = (event: EventBody): unknown =>
    guard(store.file, () => transaction(store.db, "journal.append", () => insert(event)));
  append(started("r1"));
  // The file may not grow any more: SQLite's own way to stand for a disk without room.
  store.db.exec("PRAGMA max_page_count = 1");
  expect(codeOf(() => append(note("x".repeat(100_000))))).toBe("JOURNAL_FULL");
  expect(readEvents(store, "r1", 0)).toHaveLength(1);
  append(note("small enough"));
  expect(readEvents(store, "r1", 0)).toHaveLength(2);
  store.db.close();
});

function edit<T>(folder: string, change: (db: DatabaseSync) => T): T {
  const db = openSqlite(join(folder, "journal.db"), { readOnly: false, busyMs: 0 });
  try {
    return change(db);
  } finally {
    db.close();
  }
}
