import type { DatabaseSync } from "node:sqlite";
import { type Effect, effectSync } from "../sys/failpoint.ts";

/**
 * Runs `work` as one durable step: when this returns, all of it is on disk; when it throws, nothing is.
 * IMMEDIATE takes the write lock before the first read, so what was read is still true when it is written.
 */
export function transaction<T>(db: DatabaseSync, name: Effect, work: () => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    effectSync(name, () => db.exec("COMMIT"));
    return result;
  } catch (error) {
    // SQLite has already rolled back by itself after some failures, such as a full disk.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}
