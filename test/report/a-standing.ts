import type { RunState } from "../../src/core/run-state.ts";
import { layForPipe } from "../../src/report/laid-rows.ts";
import { keepStanding, type Standing } from "../../src/report/standing.ts";

type Given = { startedAt: number; since?: ReadonlyMap<string, number> };

/** How a run stands that was driven without times. */
export function aStanding(state: RunState, { startedAt, since = new Map() }: Given): Standing {
  const { head, tasks } = keepStanding().of(state, () => []);
  const timed = tasks().map((facts) => ({ ...facts, since: since.get(facts.id) ?? null }));
  const laid = layForPipe(timed, startedAt);
  return { head: { ...head, startedAt, lastAt: startedAt }, tasks: () => timed, laid };
}
