import type { RunState } from "../core/run-state.ts";

/** What the person has typed so far at a question that is asked in the view itself. */
export type Prompt = {
  question: number;
  typed: string;
  /** Why that is no answer, once it was sent. */ refused: string | null;
};

/** All that the live view shows, as plain data: the same input gives the same screen. */
export type View = {
  state: RunState;
  /** Task → what its worker said last that it does, and when. */
  activities: ReadonlyMap<string, { text: string; at: number }>;
  /** Task → when it came into its present state. */
  since: ReadonlyMap<string, number>;
  startedAt: number;
  now: number;
  width: number;
  height: number;
  colors: boolean;
  /** What the person or the system has interrupted: the start of new work, or the workers too. */
  stopping: "nothing" | "starts" | "workers";
  prompt: Prompt | null;
  /** Question → its answer, where no dispatcher has taken it yet. */
  answered: ReadonlyMap<number, string>;
  /** False for a picture taken once: then no keys are named. */
  isLive: boolean;
  /** False when no process works on the run: what a task was in the middle of stands still. */
  isGoing: boolean;
};

/** Left margin: a little air where there is room for it. */
export function margin(width: number): string {
  return width >= 60 ? "  " : "";
}
