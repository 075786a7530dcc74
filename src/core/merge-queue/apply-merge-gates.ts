import type { EventOf } from "../event.ts";
import { withoutKnownRed } from "../known-red.ts";
import type { RunState } from "../run-state.ts";
import type { GateVerdict } from "../verdict.ts";
import { convicted } from "./next-ejection.ts";
import { type LineEntry, lineOf, setState } from "./line.ts";

/**
 * What the gates said of a candidate: the tip and the line up to the event's task. Green, all of that lands together.
 * Red, some change of it is bad; which one, next-ejection.ts says.
 */
export function applyMergeGates(draft: RunState, event: EventOf<"gates.finished">): void {
  const line = lineOf(draft);
  const at = line.findIndex(({ record }) => record.task.id === event.task);
  const entry = line[at];
  if (entry?.state.step !== "gating" || entry.state.candidate !== event.commit) return;
  const tested = line.slice(0, at + 1);
  const red = withoutKnownRed(event.verdicts, draft);
  if (red.length > 0) return applyRed(draft, { tested, event, red });
  if (entry.state.red !== null) noteFlaky(draft, entry.state.red);
  const green = event.verdicts.filter(({ type }) => type === "passed").map(({ gate }) => gate);
  draft.knownRed = draft.knownRed.filter((gate) => !green.includes(gate));
  for (const { record, state } of tested) {
    if (state.step !== "gating") continue;
    const { commit, candidate, onto } = state;
    setState(draft, record, { type: "merging", commit, step: "landing", candidate, onto });
  }
}

type Red = { tested: LineEntry[]; event: EventOf<"gates.finished">; red: GateVerdict[] };

function applyRed(draft: RunState, { tested, event, red }: Red): void {
  for (const [index, { record, state }] of tested.entries()) {
    if (state.step !== "gating") continue;
    const own = index === tested.length - 1 ? shown(event.verdicts, red) : state.red;
    const suspected = state.suspected + (event.again === true ? convicted : 1);
    setState(draft, record, { ...state, red: own, suspected });
  }
}

/** A gate that was red before is not this worker's to mend. */
function shown(verdicts: readonly GateVerdict[], red: readonly GateVerdict[]): GateVerdict[] {
  return verdicts.filter((verdict) => verdict.type === "passed" || red.includes(verdict));
}

function noteFlaky(draft: RunState, before: readonly GateVerdict[]): void {
  const gates = before.filter(({ type }) => type !== "passed").map(({ gate }) => gate);
  draft.flaky = [...new Set([...draft.flaky, ...gates])];
}
