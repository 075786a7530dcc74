import { askedFlags, type Flag } from "./flag.ts";
import type { RunState, TaskRecord } from "./run-state.ts";

/** What of a task's last commit only the person may let through, and has not yet. */
export function flagsToAsk({ settings }: RunState, { task, head, flagged, allowed }: TaskRecord): Flag[] {
  if (flagged === null || flagged.commit !== head) return [];
  return askedFlags(flagged.flags, { task, settings, allowed });
}
