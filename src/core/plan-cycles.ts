import type { Task } from "./plan.ts";

/**
 * Circles of needs, each as the ids along it, beginning with the task that stands first in the plan; the
 * last id needs the first. Self-needs are left out. A task closes at most one reported circle, so that the
 * work stays bounded where a plan is one big knot.
 */
export function findCycles(tasks: readonly Task[]): string[][] {
  const order = new Map(tasks.map((task, index) => [task.id, index]));
  const needs = new Map(tasks.map((task) => [task.id, task.needs]));
  const state = new Map<string, "open" | "closed">();
  const cycles: string[][] = [];
  for (const { id } of tasks) {
    if (!state.has(id)) walk({ start: id, needs, state, found: (cycle) => cycles.push(cycle) });
  }
  return cycles.map((cycle) => rotate(cycle, order));
}

type Walk = {
  start: string;
  needs: ReadonlyMap<string, readonly string[]>;
  state: Map<string, "open" | "closed">;
  found: (cycle: string[]) => void;
};

/** Depth first with its own stack: a chain of 10,000 tasks would overflow the engine's. */
function walk({ start, needs, state, found }: Walk): void {
  const path: { id: string; next: number; reported: boolean }[] = [{ id: start, next: 0, reported: false }];
  state.set(start, "open");
  while (path.length > 0) {
    const top = path[path.length - 1];
    if (top === undefined) return;
    const need = needs.get(top.id)?.[top.next++];
    if (need === undefined) {
      state.set(top.id, "closed");
      path.pop();
    } else if (!state.has(need) && needs.has(need)) {
      state.set(need, "open");
      path.push({ id: need, next: 0, reported: false });
    } else if (state.get(need) === "open" && need !== top.id && !top.reported) {
      top.reported = true;
      const from = path.findIndex((step) => step.id === need);
      found(path.slice(from).map((step) => step.id));
    }
  }
}

function rotate(cycle: readonly string[], order: ReadonlyMap<string, number>): string[] {
  const place = (id: string): number => order.get(id) ?? 0;
  const first = cycle.reduce((best, id, index) => (place(id) < place(cycle[best] ?? "") ? index : best), 0);
  return [...cycle.slice(first), ...cycle.slice(0, first)];
}
