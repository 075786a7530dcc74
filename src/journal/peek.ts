import { existsSync } from "node:fs";
import { journalFile, restoredFile } from "./folder.ts";
import type { RunEnd } from "./run-table.ts";
import { migrations, schemaVersion } from "./schema.ts";
import { openSqlite } from "./sqlite.ts";

export type Peek = RunEnd & { run: string; /** Requests that nobody has taken. */ waiting: number };

/**
 * A glance at the latest run, for whoever has something that belongs to its end and compares the two. Nothing is checked but
 * that; null where there is no run, or anything is not as usual.
 */
export function peekLatestRun(folder: string): Peek | null {
  if (existsSync(restoredFile(folder))) return null;
  const db = openSqlite(journalFile(folder), { readOnly: true, busyMs: 0 });
  try {
    if (schemaVersion(db) !== migrations.length) return null;
    const row = db.prepare("SELECT run, last_seq, last_sum FROM runs ORDER BY id DESC LIMIT 1").get();
    const [run, lastSeq, lastSum] = [row?.["run"], row?.["last_seq"], row?.["last_sum"]];
    if (typeof run !== "string" || typeof lastSeq !== "number" || typeof lastSum !== "number") return null;
    const requests = db.prepare("SELECT count(*) AS count FROM inbox WHERE run = ? AND taken = 0").get(run);
    return { run, lastSeq, lastSum, waiting: Number(requests?.["count"]) };
  } finally {
    db.close();
  }
}
