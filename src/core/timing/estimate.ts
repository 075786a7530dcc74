import { isReadOnly, type Task, type TaskRole } from "../plan.ts";
import { medianOf } from "./median.ts";

/** How long a task took that ended well: all its attempts, gates, reviews and its merge, without what it waited for the person or a slot. */
export type Sample = { role: TaskRole; size: Size; ms: number; estimateMs: number | null };

/** By the number of criteria: up to two, up to five, more. A read-only task has one size. */
export type Size = 1 | 2 | 3;

/** What a run has learned about how long its tasks take; all in milliseconds but `factor`. */
export type Estimates = {
  byKind: ReadonlyMap<string, number>;
  byRole: ReadonlyMap<TaskRole, number>;
  /** Of all tasks; null before one has ended. */
  any: number | null;
  /** How much longer than their plan's estimate tasks took; null before one that has such an estimate has ended. */
  factor: number | null;
};

export const noEstimates: Estimates = { byKind: new Map(), byRole: new Map(), any: null, factor: null };

/** One task is a poor measure of a kind: fewer than these, and the role's median stands for it. */
const enoughOfAKind = 3;

/** A change of less than this, as a factor, moves no order that was not near a draw anyway. */
const material = 1.25;

export function sizeOf({ role, acceptance: { length } }: Task): Size {
  if (isReadOnly(role) || length <= 2) return 1;
  return length <= 5 ? 2 : 3;
}

/** Medians, since one task that went astray says nothing about the next. */
export function estimatesFrom(samples: readonly Sample[]): Estimates {
  const kinds = Map.groupBy(samples, kindOf);
  const roles = Map.groupBy(samples, ({ role }) => role);
  const factors = samples.flatMap(({ ms, estimateMs }) => (estimateMs === null ? [] : [ms / estimateMs]));
  const medianMs = (of: readonly Sample[]): number => medianOf(of.map(({ ms }) => ms)) ?? 0;
  return {
    byKind: new Map(
      [...kinds].filter(([, of]) => of.length >= enoughOfAKind).map(([kind, of]) => [kind, medianMs(of)]),
    ),
    byRole: new Map([...roles].map(([role, of]) => [role, medianMs(of)])),
    any: medianOf(samples.map(({ ms }) => ms)),
    factor: medianOf(factors),
  };
}

/**
 * How long a task of this plan will take, in milliseconds: its plan's estimate, as far as those have held, else what its kind,
 * its role or, failing that, any task has taken. Beside tasks that the plan has estimates for, one of which nothing is
 * known is like their median; as long as nothing is known of any, each is 1.
 */
export function estimator(tasks: readonly Task[], estimates: Estimates): (task: Task) => number {
  const { byKind, byRole, any } = estimates;
  const factor = estimates.factor ?? 1;
  const planned = medianOf(tasks.flatMap((task) => task.estimateMs ?? []));
  const unknown = any ?? (planned === null ? 1 : planned * factor);
  return (task) => {
    if (task.estimateMs !== undefined) return task.estimateMs * factor;
    const kind = kindOf({ role: task.role, size: sizeOf(task) });
    return byKind.get(kind) ?? byRole.get(task.role) ?? unknown;
  };
}

/** Whether the order of a plan's tasks may be another with `now` than with `before`. */
export function isMaterial(before: Estimates, now: Estimates): boolean {
  return (
    differs(before.any, now.any) ||
    differs(before.factor, now.factor) ||
    [...now.byKind].some(([kind, ms]) => differs(before.byKind.get(kind) ?? null, ms)) ||
    [...now.byRole].some(([role, ms]) => differs(before.byRole.get(role) ?? null, ms))
  );
}

function differs(before: number | null, now: number | null): boolean {
  if (before === null || now === null) return before !== now;
  return Math.max(before, now) > Math.min(before, now) * material;
}

function kindOf({ role, size }: Pick<Sample, "role" | "size">): string {
  return `${role}/${size}`;
}
