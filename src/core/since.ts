import type { EventType, RunEvent } from "./event.ts";
import type { RunState, TaskState } from "./run-state.ts";

/** What brings a task into a state; of several, the last one did. What a retry or an answer does to other tasks is not told. */
const entrances: Record<TaskState["type"], readonly EventType[]> = {
  pending: [
    "worker.finished",
    "attempt.failed",
    "gates.finished",
    "review.finished",
    "merge.conflicted",
    "merge.ejected",
    "task.retried",
  ],
  working: ["attempt.started"],
  blocked: ["question.asked"],
  gating: ["worker.finished"],
  reviewing: ["gates.finished"],
  held: ["review.finished"],
  queued: ["review.finished", "merge.deferred"],
  merging: ["merge.started"],
  merged: ["task.merged"],
  done: ["task.done"],
  failed: ["task.failed"],
  canceled: ["task.canceled"],
  skipped: ["task.skipped"],
};

/** Task → when it came into its present state; a task that nothing has happened to has no time. One pass over the events. */
export function sinceWhen(state: RunState, events: readonly RunEvent[]): Map<string, number> {
  const since = new Map<string, number>();
  for (const event of events) {
    const task = event.type === "question.asked" ? event.question.task : "task" in event ? event.task : null;
    const record = task === null ? undefined : state.tasks.get(task);
    if (record && entrances[record.state.type].includes(event.type)) since.set(record.task.id, event.at);
  }
  return since;
}
