import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import { noSecrets } from "../../sys/secrets.ts";
import { copyEvents } from "../event-log.ts";
import { guard } from "../failure.ts";
import { journalFile, restoredFile } from "../folder.ts";
import { rowCheck } from "../row.ts";
import { openSqlite } from "../sqlite.ts";
import { openStore, type Store } from "../store.ts";
import { transaction } from "../transaction.ts";
import { replaceFirstPage } from "./first-page.ts";
import { salvage, type Salvage, type SalvagedRun } from "./salvage.ts";

/** The journal's files; what is not yet in the first may be in the second. */
const parts = ["", "-wal", "-shm"];

/** Reads what a damaged journal still says, from a copy. The files themselves stay as they are. */
export function salvageJournal(folder: string): Salvage {
  const restored = restoredFile(folder);
  const file = existsSync(restored) ? restored : journalFile(folder);
  return guard(file, () =>
    inScratch(folder, (scratch) => {
      const copy = copyOf(file, join(scratch, "copy"));
      const asItIs = readCopy(copy);
      openStore(join(scratch, "empty"), { readOnly: false, secrets: noSecrets, isHeld: null }).db.close();
      const second = copyOf(file, join(scratch, "second"));
      replaceFirstPage(second, journalFile(join(scratch, "empty")));
      const withFirstPage = readCopy(second);
      return eventCount(withFirstPage) > eventCount(asItIs) ? withFirstPage : asItIs;
    }),
  );
}

/**
 * Puts a journal of what was salvaged in the place of the damaged one, which moves into a folder beside it. Goes on with
 * a repair that was broken off. Only for who holds the dispatcher's lock.
 * @param at milliseconds since 1970
 * @returns the folder that keeps the damaged files
 */
export function restoreJournal(folder: string, at: number): string {
  const file = journalFile(folder);
  const restored = restoredFile(folder);
  return guard(file, () => {
    if (!existsSync(restored)) build(folder, salvageJournal(folder));
    const kept = asideFolder(folder, at);
    mkdirSync(kept);
    // The first goes first: without it the others say nothing, and every opener sees that a repair is under way.
    for (const part of parts) {
      if (existsSync(file + part)) renameSync(file + part, join(kept, basename(file) + part));
    }
    renameSync(restored, file);
    return kept;
  });
}

function build(folder: string, kept: Salvage): void {
  inScratch(folder, (scratch) => {
    const store = openStore(scratch, { readOnly: false, secrets: noSecrets, isHeld: null });
    try {
      transaction(store.db, "journal.restore", () => write(store, kept));
    } finally {
      // The last connection moves everything into the one file.
      store.db.close();
    }
    renameSync(journalFile(scratch), restoredFile(folder));
  });
}

function write(store: Store, { runs, messages, requests }: Salvage): void {
  for (const { run, events } of runs) copyEvents(store, run, events);
  const known = new Map(runs.map((salvaged) => [salvaged.run, salvaged]));
  const message = store.db.prepare(
    "INSERT INTO messages (run, task, thread, place, body, sum) VALUES (?, ?, ?, ?, ?, ?)",
  );
  for (const { run, task, thread, place, body } of messages) {
    if (!known.has(run)) continue;
    message.run(run, task, thread, place, body, rowCheck([run, task, thread, place, body]));
  }
  const request = store.db.prepare(
    "INSERT INTO inbox (id, run, at, body, taken, sum) VALUES (?, ?, ?, ?, ?, ?)",
  );
  for (const { id, run, at, body, taken } of requests) {
    const from = known.get(run);
    if (from === undefined) continue;
    const state = isTakenStill(from, { at, taken }) ? 1 : 0;
    request.run(id, run, at, body, state, rowCheck([id, run, at, body, state]));
  }
}

/** What followed from a request that came after the last event kept is lost, so it waits again. */
function isTakenStill({ events, lost }: SalvagedRun, { at, taken }: { at: number; taken: number }): boolean {
  if (taken === 0) return false;
  const last = JSON.parse(events.at(-1)?.body ?? "{}") as { at?: number };
  return lost <= 0 || at <= (last.at ?? 0);
}

function readCopy(file: string): Salvage {
  const db = openSqlite(file, { readOnly: false, busyMs: 0 });
  try {
    return salvage(db);
  } finally {
    db.close();
  }
}

/** What stands in the journal's place and is no file says nothing, but the write-ahead log beside it may. */
function copyOf(file: string, folder: string): string {
  mkdirSync(folder);
  const copy = join(folder, basename(file));
  writeFileSync(copy, "");
  for (const part of ["", "-wal"]) {
    if (statSync(file + part, { throwIfNoEntry: false })?.isFile()) copyFileSync(file + part, copy + part);
  }
  return copy;
}

function eventCount({ runs }: Salvage): number {
  return runs.reduce((sum, { events }) => sum + events.length, 0);
}

function asideFolder(folder: string, at: number): string {
  const time = new Date(at).toISOString().replaceAll(":", "").slice(0, 17);
  for (let number = 1; ; number += 1) {
    const aside = join(folder, `damaged-${time}${number === 1 ? "" : `-${number}`}`);
    if (!existsSync(aside)) return aside;
  }
}

function inScratch<T>(folder: string, work: (scratch: string) => T): T {
  const scratch = join(folder, `repairing-${process.pid}`);
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch);
  try {
    return work(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
