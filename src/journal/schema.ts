import type { DatabaseSync } from "node:sqlite";

import { AgentxError } from "../core/error.ts";
import { readVersion } from "../sys/version.ts";
import { type About, readAbout, writeAbout } from "./about.ts";
import { damaged } from "./failure.ts";
import { keepCopy } from "./keep-copy.ts";
import { transaction } from "./transaction.ts";

/**
 * One entry a schema version; `user_version` counts how many have been applied. Entries are never edited once
 * released: a journal of any older agentx is brought up by the ones that it lacks.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    run TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    last_seq INTEGER NOT NULL,
    last_sum INTEGER NOT NULL,
    sum INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE events (
    run TEXT NOT NULL,
    seq INTEGER NOT NULL,
    body TEXT NOT NULL,
    sum INTEGER NOT NULL,
    PRIMARY KEY (run, seq)
  ) STRICT;
  CREATE TABLE inbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL,
    taken INTEGER NOT NULL,
    sum INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX inbox_waiting ON inbox (run, id) WHERE taken = 0;
  CREATE TABLE messages (
    run TEXT NOT NULL,
    task TEXT NOT NULL,
    thread INTEGER NOT NULL,
    place INTEGER NOT NULL,
    body TEXT NOT NULL,
    sum INTEGER NOT NULL,
    PRIMARY KEY (run, task, thread, place)
  ) STRICT;
  CREATE TABLE verdicts (
    tree TEXT NOT NULL,
    command TEXT NOT NULL,
    toolchain TEXT NOT NULL,
    body TEXT NOT NULL,
    sum INTEGER NOT NULL,
    PRIMARY KEY (tree, command, toolchain)
  ) STRICT;
  `,
  // Later agentxes may add columns here, and never take one away: older ones say by it who wrote the file.
  `
  CREATE TABLE about (
    schema INTEGER NOT NULL,
    writer TEXT NOT NULL,
    sum INTEGER NOT NULL
  ) STRICT;
  `,
];

/** The first version whose file says of itself what it is. */
const firstWithAbout = 2;

/** How many migrations a file has seen; 0 for one that was created and not yet filled. */
export function schemaVersion(db: DatabaseSync): number {
  return Number(db.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
}

/**
 * The file's version, which one flipped bit must not turn into another's.
 * @throws AgentxError JOURNAL_NEWER when a later agentx wrote the file, JOURNAL_DAMAGED when it contradicts itself
 */
export function checkSchema(db: DatabaseSync, file: string): number {
  const version = schemaVersion(db);
  const tables = tablesOf(db);
  const about = tables.has("about") ? readAbout(db) : null;
  const isPlausible = version < firstWithAbout ? !tables.has("about") : about?.schema === version;
  if (!isPlausible || (version === 0 && tables.size > 0))
    throw damaged(file, "it does not say which version of agentx it is of");
  if (version > migrations.length) throw newer(file, { version, about });
  return version;
}

function tablesOf(db: DatabaseSync): Set<unknown> {
  const rows = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  return new Set(rows.map(({ name }) => name));
}

function newer(file: string, { version, about }: { version: number; about: About | null }): AgentxError {
  return new AgentxError("JOURNAL_NEWER", {
    where: file,
    what:
      `agentx ${about?.writer ?? "of a later version"} wrote this journal: its schema is ${version}, ` +
      `and this agentx, ${readVersion()}, knows ${migrations.length}`,
    hint: "update agentx, or move the .agentx folder away to start afresh",
  });
}

/**
 * Brings the file to the newest version in one transaction, or leaves it as it was. A copy of an older one is kept.
 * @throws AgentxError JOURNAL_NEWER, JOURNAL_DAMAGED
 */
export function migrate(db: DatabaseSync, file: string): void {
  const before = checkSchema(db, file);
  const writer = readVersion();
  if (before === migrations.length && readAbout(db)?.writer === writer) return;
  if (before > 0 && before < migrations.length) keepCopy(db, `${file}.schema-${before}`);
  transaction(db, "journal.migrate", () => {
    // Read again: another process may have migrated while we waited for the lock.
    for (const step of migrations.slice(checkSchema(db, file))) db.exec(step);
    writeAbout(db, { schema: migrations.length, writer });
    db.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}
