import { damaged } from "./failure.ts";
import { numberOf, rowCheck, textOf } from "./row.ts";
import { statement } from "./statement.ts";
import type { Store } from "./store.ts";

/** What can be said of a run without reading its events. Times are milliseconds since 1970. */
export type RunSummary = { run: string; title: string; startedAt: number; finishedAt: number | null };

/** `lastSeq` and `lastSum` are those of the run's last event: they prove that its tail is not lost. */
export type RunRow = RunSummary & RunEnd;

export type RunEnd = { lastSeq: number; lastSum: number };

const columns = "run, title, started_at, finished_at, last_seq, last_sum, sum";

export function readRun(store: Store, run: string): RunRow | null {
  const row = statement(store.db, `SELECT ${columns} FROM runs WHERE run = ?`).get(run);
  return row === undefined ? null : parseRow(store, row);
}

export function readEnd(store: Store, run: string): RunEnd | null {
  const row = readRun(store, run);
  return row === null ? null : { lastSeq: row.lastSeq, lastSum: row.lastSum };
}

/** Oldest first. */
export function listRuns(store: Store): RunSummary[] {
  const rows = store.db.prepare(`SELECT ${columns} FROM runs ORDER BY id`).all();
  return rows.map((row) => summary(parseRow(store, row)));
}

export function readLatestRun(store: Store): RunSummary | null {
  const row = store.db.prepare(`SELECT ${columns} FROM runs ORDER BY id DESC LIMIT 1`).get();
  return row === undefined ? null : summary(parseRow(store, row));
}

export function writeRun(store: Store, row: RunRow): void {
  statement(
    store.db,
    `INSERT INTO runs (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run) DO UPDATE SET
       finished_at = excluded.finished_at, last_seq = excluded.last_seq,
       last_sum = excluded.last_sum, sum = excluded.sum`,
  ).run(row.run, row.title, row.startedAt, row.finishedAt, row.lastSeq, row.lastSum, sumOf(row));
}

function summary({ run, title, startedAt, finishedAt }: RunRow): RunSummary {
  return { run, title, startedAt, finishedAt };
}

function sumOf(row: RunRow): number {
  return rowCheck([row.run, row.title, row.startedAt, row.finishedAt ?? "", row.lastSeq, row.lastSum]);
}

function parseRow({ file }: Store, row: Record<string, unknown>): RunRow {
  const finishedAt = row["finished_at"];
  const parsed: RunRow = {
    run: textOf(file, row["run"]),
    title: textOf(file, row["title"]),
    startedAt: numberOf(file, row["started_at"]),
    finishedAt: finishedAt === null ? null : numberOf(file, finishedAt),
    lastSeq: numberOf(file, row["last_seq"]),
    lastSum: numberOf(file, row["last_sum"]),
  };
  if (sumOf(parsed) !== row["sum"]) throw damaged(file, "the list of runs is not what was written");
  return parsed;
}
