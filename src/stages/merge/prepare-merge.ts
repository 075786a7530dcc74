import type { EventBody } from "../../core/event.ts";
import type { Settling } from "../../core/merge-queue/settling.ts";
import type { Task } from "../../core/plan.ts";

export type MergePorts = {
  mergeTrees: (sides: {
    ours: string;
    theirs: string;
  }) => Promise<{ type: "clean"; tree: string } | { type: "conflict"; tree: string; files: string[] }>;
  /** Which of these pairs conflict, in their order. */
  conflictMatrix: (pairs: { ours: string; theirs: string }[]) => Promise<boolean[]>;
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
  /** Whose conflicts are being resolved right now. */
  settling: readonly Settling[];
};

/** Builds the commit that would land: the tip, the changes before it in the line, and this task's. No ref is moved. */
export async function prepareMerge(job: MergeJob, ports: MergePorts): Promise<EventBody[]> {
  const { task, commit } = job;
  const onto = job.onto ?? (await ports.readTip());
  const merged = await ports.mergeTrees({ ours: onto, theirs: commit });
  if (merged.type === "conflict" && job.onto !== null) return [{ type: "merge.deferred", task: task.id }];
  const behind = await rivals(job, { isClean: merged.type === "clean", ports });
  if (behind.length > 0) return [{ type: "merge.deferred", task: task.id, behind }];
  if (merged.type === "conflict")
    return [{ type: "merge.conflicted", task: task.id, files: merged.files, onto }];
  const candidate = await ports.commitTree({
    tree: merged.tree,
    parents: [onto],
    message: commitMessage(job),
  });
  return [{ type: "merge.prepared", task: task.id, candidate, onto }];
}

/**
 * Whom it lets go first of those whose conflict is being resolved. With a conflict of its own: all that it conflicts with, since
 * each of them that lands would undo what its worker did. Without one: those that were overtaken already.
 */
async function rivals(
  { commit, settling }: MergeJob,
  { isClean, ports }: { isClean: boolean; ports: MergePorts },
): Promise<string[]> {
  const asked = isClean ? settling.filter(({ isOvertaken }) => isOvertaken) : settling;
  const conflicts = await ports.conflictMatrix(
    asked.map((other) => ({ ours: other.commit, theirs: commit })),
  );
  return asked.filter((_, index) => conflicts[index] === true).map(({ task }) => task);
}

function commitMessage({ run, task }: MergeJob): string {
  return `${task.title}\n\nAgentx-Run: ${run}\nAgentx-Task: ${task.id}\n`;
}
