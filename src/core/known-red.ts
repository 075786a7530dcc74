import type { RunState } from "./run-state.ts";
import type { GateVerdict } from "./verdict.ts";

/** The verdicts that hold a change back: red ones, without the gates that were red before it. */
export function withoutKnownRed(
  verdicts: readonly GateVerdict[],
  { knownRed, baseline }: Pick<RunState, "knownRed" | "baseline">,
): GateVerdict[] {
  const wasEmpty = emptyGates(baseline);
  return verdicts.filter(({ gate, type }) => {
    if (type === "passed") return false;
    // Where there were no tests, none are wanted; but tests that came since have to pass.
    return !knownRed.includes(gate) || (wasEmpty.includes(gate) && type !== "empty");
  });
}

/** Whether the base is as good as green: a project without any tests is nothing to ask the person about. */
export function isGreenBase(verdicts: readonly GateVerdict[]): boolean {
  return verdicts.every(({ type }) => type === "passed" || type === "empty");
}

function emptyGates(verdicts: readonly GateVerdict[]): string[] {
  return verdicts.flatMap(({ gate, type }) => (type === "empty" ? [gate] : []));
}
