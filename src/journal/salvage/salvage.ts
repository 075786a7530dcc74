import type { DatabaseSync } from "node:sqlite";

import { rowCheck } from "../row.ts";
import { readableRows, type Row } from "./readable-rows.ts";

export type EventRow = { seq: number; body: string; sum: number };
export type MessageRow = { run: string; task: string; thread: number; place: number; body: string };
export type RequestRow = { id: number; run: string; at: number; body: string; taken: number };

/** `lost` counts the events after the last one kept, as far as anything still tells of them. */
export type SalvagedRun = { run: string; events: EventRow[]; lost: number };

export type Salvage = {
  /** Oldest first. */
  runs: SalvagedRun[];
  /** Runs of which not even the beginning can be read. */
  lostRuns: string[];
  messages: MessageRow[];
  requests: RequestRow[];
};

/**
 * What a damaged journal still says for certain: of each run the longest beginning whose every row is what was written,
 * of each conversation the same, and each request that is whole. Cached verdicts are left: the gates can say it again.
 */
export function salvage(db: DatabaseSync): Salvage {
  const rows = eventRows(db);
  const promised = promisedEnds(db);
  const runs: SalvagedRun[] = [];
  const lostRuns: string[] = [];
  for (const run of new Set([...rows.keys(), ...promised.keys()])) {
    const bySeq = rows.get(run) ?? new Map<number, EventRow>();
    const events = longestChain(run, bySeq);
    if (events.length === 0) lostRuns.push(run);
    else runs.push({ run, events, lost: (promised.get(run) ?? bySeq.size) - events.length });
  }
  return { runs, lostRuns, messages: messageRows(db), requests: requestRows(db) };
}

function eventRows(db: DatabaseSync): Map<string, Map<number, EventRow>> {
  const found = new Map<string, Map<number, EventRow>>();
  for (const { run, seq, body, sum } of readableRows(db, "events")) {
    if (!isText(run) || !isNumber(seq) || !isText(body) || !isNumber(sum)) continue;
    const ofRun = found.get(run) ?? new Map<number, EventRow>();
    ofRun.set(seq, { seq, body, sum });
    found.set(run, ofRun);
  }
  return found;
}

function longestChain(run: string, bySeq: ReadonlyMap<number, EventRow>): EventRow[] {
  const chain: EventRow[] = [];
  for (let seq = 1; ; seq += 1) {
    const row = bySeq.get(seq);
    if (row === undefined || rowCheck([run, seq, row.body], chain.at(-1)?.sum) !== row.sum) return chain;
    chain.push(row);
  }
}

/** Run → the number of its last event, by the rows of the list of runs that are whole. */
function promisedEnds(db: DatabaseSync): Map<string, number> {
  const ends = new Map<string, number>();
  for (const row of readableRows(db, "runs")) {
    const { run, last_seq: end } = row;
    const said = [run, row["title"], row["started_at"], row["finished_at"] ?? "", end, row["last_sum"]];
    if (isText(run) && isNumber(end) && isWhole(row, said)) ends.set(run, end);
  }
  return ends;
}

function messageRows(db: DatabaseSync): MessageRow[] {
  const kept: MessageRow[] = [];
  const ends = new Map<string, number>();
  for (const row of readableRows(db, "messages")) {
    const { run, task, thread, place, body } = row;
    if (!isText(run) || !isText(task) || !isNumber(thread) || !isNumber(place) || !isText(body)) continue;
    const key = JSON.stringify([run, task, thread]);
    // A message is of no use without those before it.
    if (place !== (ends.get(key) ?? 0) || !isWhole(row, [run, task, thread, place, body])) continue;
    ends.set(key, place + 1);
    kept.push({ run, task, thread, place, body });
  }
  return kept;
}

function requestRows(db: DatabaseSync): RequestRow[] {
  return readableRows(db, "inbox").flatMap((row) => {
    const { id, run, at, body, taken } = row;
    const isRead = isNumber(id) && isText(run) && isNumber(at) && isText(body) && isNumber(taken);
    return isRead && isWhole(row, [id, run, at, body, taken]) ? [{ id, run, at, body, taken }] : [];
  });
}

function isWhole(row: Row, said: readonly unknown[]): boolean {
  return said.every((part) => isText(part) || isNumber(part)) && rowCheck(said) === row["sum"];
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}
