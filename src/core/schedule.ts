import { waitsForProvider } from "./pause.ts";
import type { Task } from "./plan.ts";
import { endedWell, hasEnded, type RunState, type TaskRecord } from "./run-state.ts";

/** A run's plan never changes, and what starts next is asked after every event. */
const known = new WeakMap<readonly Task[], ReadonlyMap<string, number>>();

function chainLengths(tasks: readonly Task[]): ReadonlyMap<string, number> {
  const found = known.get(tasks) ?? measureChains(tasks);
  known.set(tasks, found);
  return found;
}

/** Task id → number of tasks on the longest chain that starts with it. The plan must have no cycle. */
function measureChains(tasks: readonly Task[]): Map<string, number> {
  const dependants = new Map<string, string[]>(tasks.map((task) => [task.id, []]));
  for (const task of tasks) for (const need of task.needs) dependants.get(need)?.push(task.id);
  const waiting = new Map(tasks.map((task) => [task.id, dependants.get(task.id)?.length ?? 0]));
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const lengths = new Map<string, number>();
  const ready = tasks.filter((task) => waiting.get(task.id) === 0).map((task) => task.id);
  for (let id = ready.pop(); id !== undefined; id = ready.pop()) {
    const longest = Math.max(
      0,
      ...(dependants.get(id) ?? []).map((dependant) => lengths.get(dependant) ?? 0),
    );
    lengths.set(id, longest + 1);
    for (const need of byId.get(id)?.needs ?? []) {
      const left = (waiting.get(need) ?? 0) - 1;
      waiting.set(need, left);
      if (left === 0) ready.push(need);
    }
  }
  return lengths;
}

/** Pending tasks that may start now, the longest remaining chain first, started ones before fresh ones. */
export function readyTasks(run: RunState): TaskRecord[] {
  const lengths = chainLengths(run.plan.tasks);
  return [...run.tasks.values()]
    .filter((record) => record.state.type === "pending" && needsAreMet(run, record))
    .toSorted(
      (a, b) =>
        (lengths.get(b.task.id) ?? 0) - (lengths.get(a.task.id) ?? 0) ||
        Number(isFresh(a)) - Number(isFresh(b)),
    );
}

function needsAreMet(run: RunState, record: TaskRecord): boolean {
  return record.task.needs.every((need) => {
    const needed = run.tasks.get(need);
    return needed !== undefined && endedWell(needed.state);
  });
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
 * May a fresh task start as well? Each begun one holds a worktree until it is merged, and where gates are slower than workers
 * they would pile up. What waits for the person or for a provider does not count: that may take a day.
 */
export function hasRoomForFresh(run: RunState): boolean {
  const begun = [...run.tasks.values()].filter(
    (record) => !isFresh(record) && isUnderWay(record) && !waitsForProvider(run, record),
  );
  return begun.length < run.settings.slots * begunPerSlot;
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
