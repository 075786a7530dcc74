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
};
