import type { EventType, RunEvent } from "./event.ts";
import type { RunState, TaskRecord, TaskState } from "./run-state.ts";

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

/** Learns from a run's events when its tasks came into their states. */
export type Since = {
  add: (event: RunEvent) => void;
  /** Milliseconds since 1970; null for a task that nothing has happened to. */
  of: (record: TaskRecord) => number | null;
};

type Moment = Pick<RunEvent, "seq" | "at">;

export function createSince(): Since {
  const last = new Map<string, Map<EventType, Moment>>();
  return {
    add: (event) => {
      const task =
        event.type === "question.asked" ? event.question.task : "task" in event ? event.task : null;
      if (task === null) return;
      const known = last.get(task) ?? new Map<EventType, Moment>();
      last.set(task, known.set(event.type, { seq: event.seq, at: event.at }));
    },
    of: ({ task, state }) => {
      const known = last.get(task.id);
      const entered = entrances[state.type].flatMap((type) => known?.get(type) ?? []);
      return entered.toSorted((a, b) => b.seq - a.seq)[0]?.at ?? null;
    },
  };
}

/** Task → when it came into its present state; a task that nothing has happened to has no time. */
export function sinceWhen(state: RunState, events: readonly RunEvent[]): Map<string, number> {
  const since = createSince();
  for (const event of events) since.add(event);
  const times = [...state.tasks.values()].map((record) => [record.task.id, since.of(record)] as const);
  return new Map(times.flatMap(([id, at]) => (at === null ? [] : [[id, at] as const])));
}
