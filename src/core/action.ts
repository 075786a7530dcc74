import type { Assignment } from "./event.ts";

/** Intents: what should be going on now. Plain data, so that the work may be done anywhere. */
export type Action =
  | { type: "runBaseline"; commit: string }
  | { type: "work"; task: string; attempt: number; assignment: Assignment }
  | { type: "gate"; task: string; commit: string }
  | { type: "review"; task: string; commit: string; round: number }
  /** `onto` is the candidate before it in the line, or null for the tip. */
  | { type: "prepareMerge"; task: string; commit: string; onto: string | null }
  /** `again`: red gates are run once more, whatever they said before. */
  | { type: "gateMerge"; task: string; candidate: string; again: boolean }
  /** Moves the branch from `onto` to the last candidate; all of them land. */
  | { type: "landMerge"; merges: { task: string; candidate: string }[]; onto: string }
  /** Ends when the provider may be asked again: milliseconds since 1970. */
  | { type: "waitForProvider"; provider: string; until: number }
  | { type: "deliver" };

/** Two actions with one key are the same piece of work: the second is not started while the first runs. */
export function actionKey(action: Action): string {
  return JSON.stringify(action);
}
