import { waitsForProvider } from "./pause.ts";
import type { Task } from "./plan.ts";
import { hasEnded, type RunState, type TaskRecord } from "./run-state.ts";

/**
 * Pending tasks that may start now, the chain that takes longest first, started ones before fresh ones; no fresh ones where
 * there is no room for one.
 */
export function* readyTasks(run: RunState): Generator<TaskRecord> {
  const { tasks } = run;
  const first = (a: TaskRecord, b: TaskRecord): number =>
    tasks.chainOf(b) - tasks.chainOf(a) ||
    Number(isFresh(a)) - Number(isFresh(b)) ||
    tasks.rankOf(a) - tasks.rankOf(b);
  const again = tasks
    .begun()
    .filter((record) => record.state.type === "pending" && tasks.needsAreMet(record))
    .toSorted(first);
  if (roomForFresh(run) === 0) return yield* again.filter((record) => !isFresh(record));
  for (const fresh of tasks.fresh()) {
    const before = again.findIndex((record) => first(record, fresh) > 0);
    yield* again.splice(0, before === -1 ? again.length : before);
    yield fresh;
  }
  yield* again;
}

/**
 * Would a fresh start collide with work under way? Only declared `touches` count.
 * A blocked task does not hold its files: the person may take a day, and a conflict can be resolved.
 */
export function collides(record: TaskRecord, others: readonly TaskRecord[]): boolean {
  if (!isFresh(record)) return false;
  return others.some((other) => other !== record && isUnderWay(other) && overlap(record.task, other.task));
}

/** Begun tasks for each slot: a full set of workers, and as many tasks that wait for gates, a review or their merge. */
const begunPerSlot = 2;

/**
 * How many fresh tasks may start besides what has begun. Each begun one holds a worktree until it is merged, and where gates
 * are slower than workers they would pile up. What waits for the person or for a provider does not count: that may take a day.
 */
export function roomForFresh(run: RunState): number {
  const begun = run.tasks
    .begun()
    .filter((record) => !isFresh(record) && isUnderWay(record) && !waitsForProvider(run, record));
  return Math.max(0, run.settings.slots * begunPerSlot - begun.length);
}

export function isFresh(record: TaskRecord): boolean {
  return record.attempts === 0;
}

function isUnderWay(record: TaskRecord): boolean {
  const { type } = record.state;
  return !hasEnded(record.state) && type !== "blocked" && (type !== "pending" || !isFresh(record));
}

function overlap(a: Task, b: Task): boolean {
  return a.touches.some((one) => b.touches.some((two) => samePlace(fixedPart(one), fixedPart(two))));
}

/** The folder or file before the first wildcard: enough to tell places apart, and never too little. */
function fixedPart(touch: string): string {
  const wildcard = touch.search(/[*?[{]/);
  const fixed = wildcard === -1 ? touch : touch.slice(0, touch.lastIndexOf("/", wildcard) + 1);
  return fixed.replace(/^\.?\//, "").replace(/\/$/, "");
}

function samePlace(a: string, b: string): boolean {
  return a === b || a === "" || b === "" || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}
