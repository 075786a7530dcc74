import type { EventBody } from "../event.ts";
import type { RunState, TaskRecord, TaskState } from "../run-state.ts";

type Merging = Extract<TaskState, { type: "merging" }>;
export type LineEntry = { record: TaskRecord; state: Merging };

/** The merging tasks, in the order in which their changes are stacked. */
export function lineOf(run: Pick<RunState, "line" | "tasks">): LineEntry[] {
  return run.line.flatMap((id) => {
    const record = run.tasks.get(id);
    return record?.state.type === "merging" ? [{ record, state: record.state }] : [];
  });
}

export function setState(draft: RunState, record: TaskRecord, state: TaskState): void {
  draft.tasks = draft.tasks.with({ ...record, state });
}

/** Keeps the line in step with what became of the event's task. What was stacked on a change that left is stacked anew. */
export function keepLine(draft: RunState, event: EventBody & { task: string }): void {
  if (event.type === "merge.started") {
    draft.line = [...draft.line, event.task];
    return;
  }
  if (event.type === "merge.stale") {
    draft.tip = event.tip;
    stackAnew(draft, 0);
    return;
  }
  const at = draft.line.indexOf(event.task);
  if (event.type === "task.merged") {
    draft.tip = event.commit;
    draft.landed = [...draft.landed, { task: event.task, commit: event.commit }];
  }
  if (event.type === "merge.ejected") draft.ejected += 1;
  if (draft.tasks.get(event.task)?.state.type === "merging") return;
  draft.line = draft.line.filter((id) => id !== event.task);
  // What lands first in the line leaves the others where they stand; a merge that a repair records moved the tip under all.
  if (event.type === "task.merged" && at !== 0) stackAnew(draft, 0);
  if (event.type !== "task.merged" && at !== -1) stackAnew(draft, at);
}

/** Changes from this place on are put onto what is now before them; what was said of the old candidates is void. */
function stackAnew(draft: RunState, from: number): void {
  for (const { record, state } of lineOf(draft).slice(from)) {
    setState(draft, record, { type: "merging", commit: state.commit, step: "preparing" });
  }
}
