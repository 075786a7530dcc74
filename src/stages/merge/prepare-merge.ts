import type { EventBody } from "../../core/event.ts";
import type { Task } from "../../core/plan.ts";

export type MergePorts = {
  mergeTrees: (sides: {
    ours: string;
    theirs: string;
  }) => Promise<{ type: "clean"; tree: string } | { type: "conflict"; tree: string; files: string[] }>;
  commitTree: (commit: { tree: string; parents: string[]; message: string }) => Promise<string>;
  /** Of the integration branch. */
  readTip: () => Promise<string>;
  compareAndSwapRef: (change: { ref: string; to: string; from: string }) => Promise<boolean>;
  isAncestor: (pair: { ancestor: string; descendant: string }) => Promise<boolean>;
};

export type MergeJob = {
  run: string;
  task: Task;
  commit: string;
  /** The candidate before it in the line, or null for the tip. */
  onto: string | null;
};

/** Builds the commit that would land: the tip, the changes before it in the line, and this task's. No ref is moved. */
export async function prepareMerge(job: MergeJob, ports: MergePorts): Promise<EventBody[]> {
  const { task, commit } = job;
  const onto = job.onto ?? (await ports.readTip());
  const merged = await ports.mergeTrees({ ours: onto, theirs: commit });
  if (merged.type === "conflict" && job.onto !== null) return [{ type: "merge.deferred", task: task.id }];
  if (merged.type === "conflict")
    return [{ type: "merge.conflicted", task: task.id, files: merged.files, onto }];
  const candidate = await ports.commitTree({
    tree: merged.tree,
    parents: [onto],
    message: commitMessage(job),
  });
  return [{ type: "merge.prepared", task: task.id, candidate, onto }];
}

function commitMessage({ run, task }: MergeJob): string {
  return `${task.title}\n\nAgentx-Run: ${run}\nAgentx-Task: ${task.id}\n`;
}
