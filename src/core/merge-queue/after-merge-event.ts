import type { EventOf } from "../event.ts";
import type { TaskRecord, TaskState } from "../run-state.ts";

type MergeEvent = EventOf<
  | "merge.started"
  | "merge.prepared"
  | "merge.conflicted"
  | "merge.deferred"
  | "merge.ejected"
  | "merge.stale"
  | "task.merged"
>;

/** What a merge's event makes of its own task; what it makes of the others in the line is in line.ts. */
export function afterMergeEvent(record: TaskRecord, event: MergeEvent): TaskRecord {
  if (event.type === "merge.ejected") return sentBack(record, event.landed);
  return { ...record, state: nextState(record.head ?? "", event) };
}

function sentBack(record: TaskRecord, landed: string[]): TaskRecord {
  const { state } = record;
  if (state.type !== "merging" || state.step !== "gating") return record;
  const { red, onto } = state;
  return {
    ...record,
    state: { type: "pending", next: { type: "mergeGates", verdicts: red ?? [], onto, landed } },
  };
}

function nextState(commit: string, event: Exclude<MergeEvent, EventOf<"merge.ejected">>): TaskState {
  switch (event.type) {
    case "merge.started":
    case "merge.stale":
      return { type: "merging", commit, step: "preparing" };
    case "merge.prepared": {
      const { candidate, onto } = event;
      return { type: "merging", commit, step: "gating", candidate, onto, red: null, suspected: 0 };
    }
    case "merge.conflicted":
      return { type: "pending", next: { type: "conflict", files: event.files, onto: event.onto } };
    case "merge.deferred":
      return { type: "queued", commit, behind: event.behind ?? [] };
    case "task.merged":
      return { type: "merged", commit: event.commit };
  }
}
