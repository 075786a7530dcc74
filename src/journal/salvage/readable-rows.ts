import type { DatabaseSync } from "node:sqlite";

import { failureOf } from "../failure.ts";

export type Row = Record<string, unknown>;

/** No table of ours has longer gaps: rows are numbered as they come, and only verdicts are ever replaced. */
const longestGap = 10_000;

/**
 * Each row of a table that can still be read, one by one by its number and past every index, so that a broken page costs
 * no more than what stood on it. What the rows say is for the caller to check.
 */
export function readableRows(db: DatabaseSync, table: "runs" | "events" | "messages" | "inbox"): Row[] {
  const get = attempt(() => db.prepare(`SELECT * FROM ${table} NOT INDEXED WHERE rowid = ?`));
  if (get === undefined) return [];
  const end = attempt(() => db.prepare(`SELECT max(rowid) AS end FROM ${table} NOT INDEXED`).get())?.["end"];
  const last = typeof end === "number" ? end : Infinity;
  const rows: Row[] = [];
  let misses = 0;
  for (let place = 1; place <= last && misses < longestGap; place += 1) {
    const row = attempt(() => get.get(place));
    misses = row === undefined ? misses + 1 : 0;
    if (row !== undefined) rows.push(row);
  }
  return rows;
}

/** Undefined where SQLite cannot read on: the file is a copy of our own, so neither its place nor its owner is why. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (failureOf(error) === null) throw error;
    return undefined;
  }
}
