import type { EventOf } from "../event.ts";
import type { RunState, TaskRecord } from "../run-state.ts";
import { lineOf } from "./line.ts";

/** Red verdicts with a change in it that are believed without asking the gates once more. */
export const convicted = 2;

/**
 * The first change in the line stands directly on the tip, whose tree was green: red there is its own doing, alone or with
 * what has landed. One red verdict may be a flaky gate's mood, so it takes a second, and more from a gate known as flaky.
 */
export function nextEjection(run: RunState): EventOf<"merge.ejected"> | null {
  const [first] = lineOf(run);
  if (first?.state.step !== "gating" || first.state.red === null) return null;
  const { record, state } = first;
  const isFlaky = first.state.red.some(({ gate, type }) => type !== "passed" && run.flaky.includes(gate));
  if (state.suspected < (isFlaky ? 2 * convicted : convicted)) return null;
  return { type: "merge.ejected", task: record.task.id, landed: landedSince(run, record) };
}

function landedSince({ landed }: RunState, { base }: TaskRecord): string[] {
  const at = landed.findLastIndex(({ commit }) => commit === base);
  return landed.slice(at + 1).map(({ task }) => task);
}
