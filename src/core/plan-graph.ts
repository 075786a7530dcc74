import type { Task } from "./plan.ts";

/** What the needs of a plan's tasks say of their order. A place is a task's index in the plan. */
export type PlanGraph = {
  places: ReadonlyMap<string, number>;
  /** Place → places of the tasks that need it. */
  dependants: readonly (readonly number[])[];
  /** Place → number of tasks on the longest chain that starts with it. */
  chains: readonly number[];
  /** Rank → place: the longest chain first, and of equal ones the first in the plan. */
  order: readonly number[];
  /** Place → rank. */
  ranks: readonly number[];
};

/** The plan must have no cycle. */
export function graphOf(tasks: readonly Task[]): PlanGraph {
  const places = new Map(tasks.map(({ id }, place) => [id, place]));
  const dependants = tasks.map((): number[] => []);
  for (const [place, { needs }] of tasks.entries()) {
    for (const need of needs) dependants[places.get(need) ?? -1]?.push(place);
  }
  const chains = measureChains(tasks, { places, dependants });
  const order = [...tasks.keys()].toSorted((a, b) => (chains[b] ?? 0) - (chains[a] ?? 0));
  const ranks = tasks.map(() => 0);
  for (const [rank, place] of order.entries()) ranks[place] = rank;
  return { places, dependants, chains, order, ranks };
}

/** From the ends of the plan to its beginnings: a task is measured once all that need it are. */
function measureChains(
  tasks: readonly Task[],
  { places, dependants }: Pick<PlanGraph, "places" | "dependants">,
): number[] {
  const waiting = dependants.map(({ length }) => length);
  const chains = tasks.map(() => 1);
  const measured = [...tasks.keys()].filter((place) => waiting[place] === 0);
  for (let place = measured.pop(); place !== undefined; place = measured.pop()) {
    for (const id of tasks[place]?.needs ?? []) {
      const need = places.get(id);
      if (need === undefined) continue;
      chains[need] = Math.max(chains[need] ?? 1, (chains[place] ?? 1) + 1);
      waiting[need] = (waiting[need] ?? 0) - 1;
      if (waiting[need] === 0) measured.push(need);
    }
  }
  return chains;
}
