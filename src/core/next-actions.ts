import type { Action } from "./action.ts";
import { nextMergeActions } from "./merge-queue/next-merge-actions.ts";
import { awaitedPauses, waitsForProvider } from "./pause.ts";
import { isSpent, type RunState, type TaskRecord } from "./run-state.ts";
import { maxReviewRounds } from "./verdict.ts";

/**
 * Everything that should be going on in this state, whether it already is or not. The dispatcher starts
 * what is missing and stops what is no longer wanted, so a resumed run needs no other logic than a fresh one.
 */
export function nextActions(run: RunState): Action[] {
  if (run.phase === "finished") return [];
  if (run.phase === "baseline") {
    return run.baseline.length === 0 ? [{ type: "runBaseline", commit: run.base.commit }] : [];
  }
  if (run.tasks.haveAllEnded()) return run.delivery === null ? [{ type: "deliver" }] : [];
  const waits = awaitedPauses(run).map((pause): Action => ({ type: "waitForProvider", ...pause }));
  const single = run.tasks.begun().flatMap((record) => (isHeld(run, record) ? [] : (actionOf(record) ?? [])));
  return [...single, ...nextMergeActions(run), ...waits];
}

/** A review waits for money, for its providers, and where it found no model to hold it until the person has seen to that. */
function isHeld(run: RunState, record: TaskRecord): boolean {
  const { state, stuck } = record;
  if (state.type !== "reviewing") return false;
  return isSpent(run) || (run.hold !== null && stuck !== "") || waitsForProvider(run, record);
}

function actionOf(record: TaskRecord): Action | null {
  const { state } = record;
  const task = record.task.id;
  switch (state.type) {
    case "working":
      return { type: "work", task, attempt: record.attempts, assignment: state.assignment };
    case "gating":
      return { type: "gate", task, commit: state.commit };
    case "reviewing":
      if (state.round > maxReviewRounds) return null;
      return { type: "review", task, commit: state.commit, round: state.round };
    case "merging":
    case "pending":
    case "blocked":
    case "held":
    case "queued":
    case "merged":
    case "done":
    case "failed":
    case "canceled":
    case "skipped":
      return null;
  }
}
