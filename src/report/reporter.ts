import type { Activity, RunEvent } from "../core/event.ts";
import type { RunState } from "../core/run-state.ts";

/** Tells a person or a program what happens. It only consumes: nothing that it does may change a run, and it must not throw. */
export type Reporter = {
  /** @param state the run after the event; read-only. */
  onEvent(event: RunEvent, state: RunState): void;
  onActivity(activity: Activity): void;
  /** Says how things stand and gives the output back. Called once, last. */
  close(): void;
};

/** Where a reporter writes: one call, one or more whole lines. */
export type Write = (text: string) => void;
