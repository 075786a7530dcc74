import type { RunState } from "./run-state.ts";
import { roomForFresh } from "./schedule.ts";

/** The lowest number, from one on, that no unfinished task holds: folders are used again instead of made anew. */
export function freeWorktree(run: RunState, from: number): number {
  const held = new Set(run.tasks.begun().map((record) => record.worktree));
  let number = from;
  while (held.has(number)) number += 1;
  return number;
}

/**
 * Worktrees that the tasks which may start next would hold, no more than could start at once. They are worth making while the
 * base's gates run, and while all slots are busy.
 */
export function worktreesAhead(run: RunState): number[] {
  if (run.phase === "finished") return [];
  const most = Math.min(roomForFresh(run), run.settings.slots);
  const ahead: number[] = [];
  for (const _ of run.tasks.fresh()) {
    if (ahead.length >= most) break;
    ahead.push(freeWorktree(run, (ahead.at(-1) ?? 0) + 1));
  }
  return ahead;
}
