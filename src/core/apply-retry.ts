import { closeQuestionsOf } from "./close-questions.ts";
import { hasEnded, type RunState, type TaskRecord } from "./run-state.ts";

/** Starts a task again, with what it had, and those that were skipped because of it. */
export function retryTask(draft: RunState, { record, note }: { record: TaskRecord; note: string }): void {
  closeQuestionsOf(draft, record.task.id);
  draft.queue = draft.queue.filter((id) => id !== record.task.id);
  const isTaken = draft.tasks.begun().some((other) => other !== record && other.worktree === record.worktree);
  draft.tasks = draft.tasks.with({
    ...record,
    // It let go of its worktree when it ended; what it had written is on its branch.
    worktree: isTaken ? null : record.worktree,
    allowance: record.attempts + draft.settings.maxAttempts,
    stuck: "",
    state: { type: "pending", next: record.attempts === 0 ? { type: "fresh" } : { type: "retry", note } },
  });
  if (draft.phase === "finished") draft.phase = "running";
  draft.delivery = null;
  for (const other of draft.tasks.values()) {
    if (other.state.type !== "skipped" || other.state.because !== record.task.id) continue;
    retryTask(draft, { record: other, note });
  }
}

/** A retry makes sense for what ended without a result or waits for the person. */
export function canRetry(record: TaskRecord): boolean {
  const { type } = record.state;
  return type === "blocked" || (hasEnded(record.state) && type !== "merged" && type !== "done");
}
