import { planOf } from "../e2e/turns.ts";
import type { Chance } from "./chance.ts";

export type SoakPlan = { ids: string[]; text: string };

/** Tasks whose names no other round has; each may need earlier ones, and some are done by the other kind of worker. */
export function makePlan(round: number, tasks: number, chance: Chance): SoakPlan {
  const ids = Array.from({ length: tasks }, (_, index) => `r${round}t${index + 1}`);
  const lines = ids.map((id, index): [string, string[]] => {
    const needs =
      index > 0 && chance.hits(0.3) ? [chance.pick(ids.slice(Math.max(0, index - 8), index))] : [];
    return [
      id,
      [
        ...(needs.length > 0 ? [`needs: ${needs.join(", ")}`] : []),
        ...(chance.hits(0.15) ? ["agent: script"] : []),
      ],
    ];
  });
  return { ids, text: planOf(Object.fromEntries(lines)) };
}
