import type { GateVerdict } from "./verdict.ts";

/** The verdicts that hold a change back: red ones, without the gates that were red before it. */
export function withoutKnownRed(
  verdicts: readonly GateVerdict[],
  knownRed: readonly string[],
): GateVerdict[] {
  return verdicts.filter((verdict) => verdict.type !== "passed" && !knownRed.includes(verdict.gate));
}
