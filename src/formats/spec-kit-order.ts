import type { Task } from "../core/plan.ts";

/** A task with the heading of its phase; `parallel` is the mark [P]. */
export type Step = { task: Task; phase: string; parallel: boolean };

/** Between two groups of parallel tasks each needs all of the other: that many needs are no plan any more. */
const maxNeeds = 250_000;

/**
 * Turns marks and phases into needs. Open tasks form groups: neighbours marked [P] are one group, every other
 * task is its own, and no group goes over the end of a phase. Each task needs the whole group before it, and
 * what its text names. `crowded` holds the first task of a group that would need too much.
 */
export function orderPhases(steps: readonly Step[]): { tasks: Task[]; crowded: Step[] } {
  const crowded: Step[] = [];
  const structural = new Map<Step, readonly string[]>();
  let before: readonly string[] = [];
  for (const group of groupSteps(steps)) {
    const [first] = group;
    if (first !== undefined && before.length * group.length > maxNeeds) {
      crowded.push(first);
      before = [];
    }
    for (const step of group) structural.set(step, before);
    before = group.map((step) => step.task.id);
  }
  const tasks = steps.map((step) => {
    if (step.task.done) return { ...step.task, needs: [] };
    return { ...step.task, needs: [...new Set([...(structural.get(step) ?? []), ...step.task.needs])] };
  });
  return { tasks, crowded };
}

function groupSteps(steps: readonly Step[]): Step[][] {
  const groups: Step[][] = [];
  let last: Step | null = null;
  for (const step of steps) {
    if (step.task.done) continue;
    const joins = last !== null && last.parallel && step.parallel && last.phase === step.phase;
    if (joins) groups.at(-1)?.push(step);
    else groups.push([step]);
    last = step;
  }
  return groups;
}
