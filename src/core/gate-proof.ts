/** Whether a gate refuses a fault that was planted for it. */
export type ProofOutcome =
  /** Green before, red with the fault, and its output names it. */
  | { type: "proven"; fault: string }
  /** Green with every fault that was tried: it holds nothing back. */
  | { type: "stayed-green"; tried: string[] }
  /** Nothing can be shown of a gate that is not green to begin with. */
  | { type: "red-before"; reason: string }
  /** Not green with the fault, but not for a reason that names it. */
  | { type: "unnamed"; fault: string; reason: string }
  /** The person's own command that plants a fault did not do so. */
  | { type: "unplanted"; reason: string }
  | { type: "no-fault" };

/** `about` is the sort of fault, such as `type error`; empty where there is none. A gate that runs several tools has several. */
export type GateProof = { gate: string; command: string; about: string; ms: number; outcome: ProofOutcome };

/** What can not be shown for want of a known fault is said, and is no failure. */
export function areProven(proofs: readonly GateProof[]): boolean {
  const bad: readonly ProofOutcome["type"][] = ["stayed-green", "red-before", "unplanted"];
  return proofs.every(({ outcome }) => !bad.includes(outcome.type));
}
