import type { Activity, RunEvent } from "../core/event.ts";
import type { RunState } from "../core/run-state.ts";
import type { RunControl } from "./run-control.ts";

/** Who watches and steers a run. */
export type RunWatch = {
  onEvent: (event: RunEvent, state: RunState) => void;
  onActivity: (activity: Activity) => void;
  log: (entry: { level: "info" | "error"; message: string; facts: Record<string, unknown> }) => void;
  control: RunControl;
  waitForAnswers: boolean;
  /** What a status shows: it hears of every event of the run, and gives a text without secrets for the state after the last. */
  standing: { add: (event: RunEvent) => void; of: (state: RunState) => string };
};
