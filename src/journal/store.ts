import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";

import { AgentxError } from "../core/error.ts";
import type { Secrets } from "../sys/secrets.ts";
import { damaged, guard, isBusy } from "./failure.ts";
import { createFence, type Fence } from "./fence.ts";
import { ensureFolder, journalFile, restoredFile } from "./folder.ts";
import { checkSchema, migrate, migrations } from "./schema.ts";
import { checkFile } from "./check-file.ts";
import { openSqlite } from "./sqlite.ts";

/** An open journal file; `file` is for messages, `secrets` are left out of what is written. Only a dispatcher has a fence. */
export type Store = { db: DatabaseSync; file: string; secrets: Secrets; fence: Fence | null };

export type StoreOptions = {
  readOnly: boolean;
  secrets: Secrets;
  /** Whether the dispatcher that writes is still the one; null for everybody else. */
  isHeld: (() => boolean) | null;
};

/** Longer than any transaction of ours by a thousand times; past it the other process hangs. */
const busyMs = 10_000;

/**
 * @param folder the repository's `.agentx`; made when it is missing, unless `readOnly`.
 * @throws AgentxError NO_RUNS, JOURNAL_NEWER, JOURNAL_OLDER, JOURNAL_DAMAGED, JOURNAL_UNWRITABLE
 */
export function openStore(folder: string, { readOnly, secrets, isHeld }: StoreOptions): Store {
  const file = journalFile(folder);
  // A new journal would hide the one that a repair was about to put here.
  if (existsSync(restoredFile(folder))) throw damaged(file, "its repair was broken off");
  guard(file, () => checkFile(file));
  if (readOnly && !existsSync(file)) throw noRuns(folder);
  return guard(file, () => {
    if (!readOnly) ensureFolder(folder);
    const db = openSqlite(file, { readOnly, busyMs });
    try {
      if (readOnly) checkVersion(db, { file, folder });
      else prepareForWriting(db, file);
      return { db, file, secrets, fence: isHeld === null ? null : createFence(isHeld) };
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

function prepareForWriting(db: DatabaseSync, file: string): void {
  checkSchema(db, file);
  enterWal(db);
  // fullfsync: on macOS fsync alone does not reach the disk. https://www.sqlite.org/pragma.html#pragma_fullfsync
  // secure_delete: a request is written anew without its secrets, and the old words must not stay in a free page.
  db.exec(
    "PRAGMA synchronous = FULL; PRAGMA fullfsync = 1; PRAGMA cell_size_check = 1; PRAGMA secure_delete = 1",
  );
  migrate(db, file);
}

/** The first switch to WAL needs the file alone, and SQLite gives up on that at once instead of waiting. */
function enterWal(db: DatabaseSync): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      db.exec("PRAGMA journal_mode = WAL");
      return;
    } catch (error) {
      if (!isBusy(error) || attempt === 200) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

function checkVersion(db: DatabaseSync, { file, folder }: { file: string; folder: string }): void {
  const version = checkSchema(db, file);
  if (version === 0) throw noRuns(folder);
  if (version === migrations.length) return;
  // Not migrated here: the older agentx that wrote it may still be running.
  throw new AgentxError("JOURNAL_OLDER", {
    where: file,
    what: `an older agentx wrote this journal: its schema is ${version}, the present one ${migrations.length}`,
    hint: "`agentx resume` brings it up to date, and keeps a copy of it as it was",
  });
}

function noRuns(folder: string): AgentxError {
  return new AgentxError("NO_RUNS", {
    where: folder,
    what: "there is no run here yet",
    hint: "`agentx dispatch plan.md` starts one",
  });
}
