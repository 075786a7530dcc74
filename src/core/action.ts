import type { Assignment } from "./event.ts";

/** Intents: what should be going on now. Plain data, so that the work may be done anywhere. */
export type Action =
  | { type: "runBaseline"; commit: string }
  | { type: "work"; task: string; attempt: number; assignment: Assignment }
  | { type: "gate"; task: string; commit: string }
  | { type: "review"; task: string; commit: string; round: number }
  | { type: "prepareMerge"; task: string; commit: string }
  | { type: "gateMerge"; task: string; candidate: string; onto: string }
  | { type: "landMerge"; task: string; candidate: string; onto: string }
  /** Ends when the provider may be asked again: milliseconds since 1970. */
  | { type: "waitForProvider"; provider: string; until: number }
  | { type: "deliver" };

/** Two actions with one key are the same piece of work: the second is not started while the first runs. */
export function actionKey(action: Action): string {
  return JSON.stringify(action);
}
