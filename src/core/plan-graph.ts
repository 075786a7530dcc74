import type { Task } from "./plan.ts";
import { estimator, type Estimates } from "./timing/estimate.ts";

/** What the needs of a plan's tasks say of their order. A place is a task's index in the plan. */
export type PlanGraph = {
  places: ReadonlyMap<string, number>;
  /** Place → places of the tasks that need it. */
  dependants: readonly (readonly number[])[];
  /** Place → how long the longest chain takes that starts with it: in milliseconds, in tasks while nothing is known of any. */
  chains: readonly number[];
  /** Rank → place: the longest chain first, and of equal ones the first in the plan. */
  order: readonly number[];
  /** Place → rank. */
  ranks: readonly number[];
};

/** The plan must have no cycle. */
export function graphOf(tasks: readonly Task[], estimates: Estimates): PlanGraph {
  const places = new Map(tasks.map(({ id }, place) => [id, place]));
  const dependants = tasks.map((): number[] => []);
  for (const [place, { needs }] of tasks.entries()) {
    for (const need of needs) dependants[places.get(need) ?? -1]?.push(place);
  }
  const own = tasks.map(estimator(tasks, estimates));
  const chains = measureChains(tasks, { places, dependants, own });
  const order = [...tasks.keys()].toSorted((a, b) => (chains[b] ?? 0) - (chains[a] ?? 0));
  const ranks = tasks.map(() => 0);
  for (const [rank, place] of order.entries()) ranks[place] = rank;
  return { places, dependants, chains, order, ranks };
}

/** From the ends of the plan to its beginnings: a task is measured once all that need it are. */
function measureChains(
  tasks: readonly Task[],
  { places, dependants, own }: Pick<PlanGraph, "places" | "dependants"> & { own: readonly number[] },
): number[] {
  const waiting = dependants.map(({ length }) => length);
  const chains = [...own];
  const measured = [...tasks.keys()].filter((place) => waiting[place] === 0);
  for (let place = measured.pop(); place !== undefined; place = measured.pop()) {
    for (const id of tasks[place]?.needs ?? []) {
      const need = places.get(id);
      if (need === undefined) continue;
      chains[need] = Math.max(chains[need] ?? 0, (chains[place] ?? 0) + (own[need] ?? 0));
      waiting[need] = (waiting[need] ?? 0) - 1;
      if (waiting[need] === 0) measured.push(need);
    }
  }
  return chains;
}
