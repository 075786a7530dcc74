import type { DatabaseSync } from "node:sqlite";

import { AgentxError } from "../core/error.ts";
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
];

/** How many migrations a file has seen; 0 for one that was created and not yet filled. */
export function schemaVersion(db: DatabaseSync): number {
  return Number(db.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
}

/** @throws AgentxError JOURNAL_NEWER when a later agentx wrote the file. */
export function refuseNewer(db: DatabaseSync, file: string, known: number = migrations.length): void {
  const version = schemaVersion(db);
  if (version <= known) return;
  throw new AgentxError("JOURNAL_NEWER", {
    where: file,
    what: `a newer agentx wrote this journal (its version is ${version}, this agentx knows ${known})`,
    hint: "update agentx, or move the .agentx folder away to start afresh",
  });
}

/**
 * Brings the file to the newest version in one transaction, or leaves it as it was.
 * @throws AgentxError JOURNAL_NEWER
 */
export function migrate(db: DatabaseSync, file: string, steps: readonly string[] = migrations): void {
  refuseNewer(db, file, steps.length);
  if (schemaVersion(db) === steps.length) return;
  transaction(db, "journal.migrate", () => {
    // Read again: another process may have migrated while we waited for the lock.
    refuseNewer(db, file, steps.length);
    for (const step of steps.slice(schemaVersion(db))) db.exec(step);
    db.exec(`PRAGMA user_version = ${steps.length}`);
  });
}
