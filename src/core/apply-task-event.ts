import type { EventBody, EventOf, EventType } from "./event.ts";
import { afterMergeEvent } from "./merge-queue/after-merge-event.ts";
import { applyMergeGates } from "./merge-queue/apply-merge-gates.ts";
import { keepLine } from "./merge-queue/line.ts";
import { retryTask } from "./apply-retry.ts";
import { closeQuestionsOf } from "./close-questions.ts";
import { flagsToAsk } from "./flags-to-ask.ts";
import { withoutKnownRed } from "./known-red.ts";
import { isSpent, type RunState, type TaskRecord, type TaskState } from "./run-state.ts";
import { inSentences } from "./sentences.ts";

type RunOnly =
  | "run.started"
  | "run.resumed"
  | "run.interrupted"
  | "baseline.finished"
  | "model.called"
  | "agent.started"
  | "model.left"
  | "tools.withheld"
  | "provider.paused"
  | "provider.resumed";
type Later = "question.asked" | "question.answered" | "run.delivered" | "run.finished";
type TaskEvent = EventOf<Exclude<EventType, RunOnly | Later>>;

export function applyTaskEvent(draft: RunState, event: TaskEvent): void {
  const record = draft.tasks.get(event.task);
  if (!record) throw new Error(`${event.type} names the task "${event.task}", which the plan does not have`);
  if (event.type === "task.retried") return retryTask(draft, { record, note: event.note });
  if (event.type === "gates.finished" && event.on === "merge") return applyMergeGates(draft, event);
  draft.tasks = draft.tasks.with(nextRecord(draft, { record, event }));
  keepQueue(draft, event);
  keepLine(draft, event);
  // A merge that is recorded late, after a repair, may find one open.
  if (event.type === "task.canceled" || event.type === "task.merged") closeQuestionsOf(draft, event.task);
}

type Step<E> = { record: TaskRecord; event: E };

function nextRecord(
  draft: RunState,
  { record, event }: Step<Exclude<TaskEvent, EventOf<"task.retried">>>,
): TaskRecord {
  const go = (state: TaskState): TaskRecord => ({ ...record, state });
  switch (event.type) {
    case "attempt.started":
      return {
        ...record,
        state: { type: "working", assignment: event.assignment },
        attempts: event.attempt,
        worktree: event.worktree,
        thread: event.thread,
        role: event.role === "resolve" ? "resolve" : "work",
        base: event.base,
        stuck: "",
      };
    case "worker.finished":
      return afterWork({ record, event });
    case "attempt.failed":
      return afterFailure(draft, { record, event });
    case "gates.finished":
      return afterGates(draft, { record, event });
    // What follows from it is in the flags.
    case "gates.compared":
      return record;
    case "change.flagged":
      return { ...record, flagged: { commit: event.commit, flags: event.flags } };
    case "review.finished":
      return afterReview(draft, { record, event });
    case "merge.started":
    case "merge.prepared":
    case "merge.conflicted":
    case "merge.deferred":
    case "merge.ejected":
    case "merge.stale":
    case "task.merged":
      return afterMergeEvent(record, event);
    case "task.done":
      return { ...record, state: { type: "done" }, note: event.note };
    case "task.failed":
      return go({ type: "failed", reason: event.reason });
    case "task.canceled":
      return go({ type: "canceled" });
    case "task.skipped":
      return go({ type: "skipped", because: event.because });
    case "note.added":
      return { ...record, pendingNotes: [...record.pendingNotes, event.text] };
    case "note.delivered": {
      const at = record.pendingNotes.indexOf(event.text);
      return { ...record, pendingNotes: record.pendingNotes.filter((_, index) => index !== at) };
    }
  }
}

function afterWork({ record, event }: Step<EventOf<"worker.finished">>): TaskRecord {
  if (event.commit !== null) {
    return {
      ...record,
      head: event.commit,
      note: event.note,
      state: { type: "gating", commit: event.commit },
    };
  }
  const what =
    "last attempt changed no file that git keeps (what git ignores does not count), so there is nothing to merge.";
  const note = `Your ${what} Make the change, or ask the person if the task is already done.`;
  const next = { type: "retry", note, trouble: `The ${what}` } as const;
  return { ...record, note: event.note, state: { type: "pending", next } };
}

function afterFailure(draft: RunState, { record, event }: Step<EventOf<"attempt.failed">>): TaskRecord {
  const { failure } = event;
  const assignment = record.state.type === "working" ? record.state.assignment : ({ type: "fresh" } as const);
  // At the run's budget the person is asked about the budget, and the task goes on where it was.
  const isBudget = failure.kind === "limit" && isSpent(draft);
  if (failure.kind === "provider" || failure.kind === "paused" || isBudget) {
    if (failure.kind === "provider") draft.hold = { reason: failure.reason, hint: failure.hint };
    // A reviewer out of reach is no verdict: the work waits as it is.
    if (record.state.type === "reviewing")
      return failure.kind === "paused" ? record : { ...record, stuck: failure.reason };
    const continued = assignment.type === "answer" && assignment.after === null;
    const attempts = continued ? record.attempts : Math.max(0, record.attempts - 1);
    return { ...record, attempts, state: { type: "pending", next: assignment } };
  }
  const what = `last attempt ended early: ${failure.reason}`;
  const asksNow = failure.kind === "limit" || failure.kind === "setup";
  const stuck = asksNow ? inSentences([failure.reason, failure.hint]).join(" ") : "";
  const next = { type: "retry", note: `Your ${what}`, trouble: `The ${what}` } as const;
  return { ...record, stuck, state: { type: "pending", next } };
}

function afterGates(draft: RunState, { record, event }: Step<EventOf<"gates.finished">>): TaskRecord {
  const red = withoutKnownRed(event.verdicts, draft);
  // A gate that was red before is not this worker's to mend.
  const verdicts = event.verdicts.filter((verdict) => verdict.type === "passed" || red.includes(verdict));
  if (red.length > 0) return { ...record, state: { type: "pending", next: { type: "gates", verdicts } } };
  return { ...record, state: { type: "reviewing", commit: event.commit, round: 1 } };
}

function afterReview(draft: RunState, { record, event }: Step<EventOf<"review.finished">>): TaskRecord {
  const { verdict, commit } = event;
  switch (verdict.type) {
    case "approved": {
      // A reviewer is a model too: what weakens its own judging needs the person's word besides.
      const isToAsk = flagsToAsk(draft, record).length > 0;
      const state: TaskState = isToAsk ? { type: "held", commit } : { type: "queued", commit, behind: [] };
      return { ...record, stuck: "", state };
    }
    case "rejected": {
      const next = { type: "review", findings: verdict.findings, summary: verdict.summary } as const;
      return { ...record, stuck: "", state: { type: "pending", next } };
    }
    case "missing": {
      const round = record.state.type === "reviewing" ? record.state.round + 1 : 1;
      return { ...record, stuck: verdict.reason, state: { type: "reviewing", commit: event.commit, round } };
    }
  }
}

function keepQueue(draft: RunState, event: EventBody & { task: string }): void {
  const state = draft.tasks.get(event.task)?.state;
  const isQueued = draft.queue.includes(event.task);
  if (state?.type === "queued" && !isQueued) draft.queue = [...draft.queue, event.task];
  if (state?.type !== "queued" && isQueued) draft.queue = draft.queue.filter((id) => id !== event.task);
}
