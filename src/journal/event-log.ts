import type { EventBody, EventType, RunEvent } from "../core/event.ts";
import { redactedJson } from "../core/secrets/redact.ts";
import { damaged } from "./failure.ts";
import { numberOf, rowCheck, textOf } from "./row.ts";
import { readRun, writeRun, type RunRow } from "./run-table.ts";
import { statement } from "./statement.ts";
import type { Store } from "./store.ts";

/**
 * What the person says reaches a worker by way of these, so only the run's own secrets are left out of it: the password of
 * a test's database may be just what it asked for.
 */
const ofThePerson: ReadonlySet<EventType> = new Set<EventType>([
  "run.started",
  "attempt.started",
  "question.answered",
  "note.added",
  "note.delivered",
  "task.retried",
]);

const insertion = "INSERT INTO events (run, seq, body, sum) VALUES (?, ?, ?, ?)";

/**
 * Adds events at the end of a run. Each row's checksum continues the one before, so that a changed, missing
 * or swapped row is noticed. Must be called within a transaction.
 */
export function insertEvents(
  store: Store,
  { run, at }: { run: string; at: number },
  bodies: readonly EventBody[],
): RunEvent[] {
  if (bodies.length === 0) return [];
  const insert = statement(store.db, insertion);
  let row = readRun(store, run);
  store.fence?.pass(run, row?.lastSeq ?? 0);
  const events: RunEvent[] = [];
  for (const body of bodies) {
    const find = ofThePerson.has(body.type) ? store.secrets.findOwn : store.secrets.findAny;
    const entry: RunEvent = { seq: (row?.lastSeq ?? 0) + 1, at, ...body };
    const { value: event, text } = redactedJson(find, entry);
    const sum = rowCheck([run, event.seq, text], row?.lastSum);
    insert.run(run, event.seq, text, sum);
    row = advance(row, { run, event, sum });
    events.push(event);
  }
  if (row !== null) writeRun(store, row);
  return events;
}

/** Writes rows again that were checked already, as they are. Must be called within a transaction. */
export function copyEvents(
  store: Store,
  run: string,
  rows: readonly { seq: number; body: string; sum: number }[],
): void {
  const insert = statement(store.db, insertion);
  let known: RunRow | null = null;
  for (const { seq, body, sum } of rows) {
    insert.run(run, seq, body, sum);
    known = advance(known, { run, event: JSON.parse(body) as RunEvent, sum });
  }
  if (known !== null) writeRun(store, known);
}

/**
 * The events of a run past `after`, in order; none for a run that does not exist.
 * @throws AgentxError JOURNAL_DAMAGED when a row is not what was once written, or is missing.
 */
export function readEvents(store: Store, run: string, after: number): RunEvent[] {
  // The run's row is read first: a concurrent append can then only make the list longer than it promises.
  const promised = readRun(store, run);
  if (promised === null) return refuseOrphans(store, run);
  // From `after` itself, because the next row's checksum continues that row's.
  const rows = store.db
    .prepare("SELECT seq, body, sum FROM events WHERE run = ? AND seq >= ? ORDER BY seq")
    .iterate(run, after);
  const events: RunEvent[] = [];
  let seq = after === 0 ? 0 : after - 1;
  let previous: number | null = after === 0 ? 0 : null;
  for (const row of rows) {
    seq += 1;
    const body = textOf(store.file, row["body"]);
    const sum = numberOf(store.file, row["sum"]);
    if (row["seq"] !== seq) throw damaged(store.file, `event ${seq} of run ${run} is missing`);
    if (previous !== null) {
      if (rowCheck([run, seq, body], previous) !== sum) {
        throw damaged(store.file, `event ${seq} of run ${run} is not what was written`);
      }
      events.push(JSON.parse(body) as RunEvent);
    }
    previous = sum;
  }
  if (seq < promised.lastSeq) throw damaged(store.file, `run ${run} is missing its events after ${seq}`);
  return events;
}

function refuseOrphans(store: Store, run: string): RunEvent[] {
  const { db, file } = store;
  const orphans = db.prepare("SELECT count(*) AS count FROM events WHERE run = ?").get(run)?.["count"];
  // A run may have begun just now, between the two reads; it is in the list then.
  if (orphans === 0 || readRun(store, run) !== null) return [];
  throw damaged(file, `run ${run} is missing from the list of runs`);
}

function advance(
  row: RunRow | null,
  { run, event, sum }: { run: string; event: RunEvent; sum: number },
): RunRow {
  const end = { lastSeq: event.seq, lastSum: sum };
  if (event.type === "run.started") {
    if (row !== null) throw new Error(`run ${run} has already started`);
    return { run, title: event.plan.title, startedAt: event.at, finishedAt: null, ...end };
  }
  if (row === null) throw new Error(`run ${run} must begin with run.started, not ${event.type}`);
  return { ...row, finishedAt: finishedAfter(row, event), ...end };
}

/** A finished run that is taken up again is open until it finishes again; a late note does not open it. */
function finishedAfter(row: RunRow, event: RunEvent): number | null {
  if (event.type === "run.finished") return event.at;
  if (event.type === "run.resumed" || event.type === "task.retried") return null;
  return row.finishedAt;
}
