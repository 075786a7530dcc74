export type EscapeOutcome =
  | { type: "blocked" }
  | { type: "reached"; how: string }
  /** What it needs is not on this machine. */
  | { type: "untried"; reason: string }
  /** It said neither, so nothing is known. */
  | { type: "unclear"; reason: string };

/** One attempt of `agentx doctor --sandbox` to get out of a sandbox, and what came of it. */
export type EscapeAttempt = { name: string; why: string; outcome: EscapeOutcome };

/** Whether all that was tried was refused, and anything was tried at all. */
export function isTight(attempts: readonly EscapeAttempt[]): boolean {
  const tried = attempts.filter(({ outcome }) => outcome.type !== "untried");
  return tried.length > 0 && tried.every(({ outcome }) => outcome.type === "blocked");
}
