import type { RunEvent } from "../core/event.ts";
import { hasEnded, type RunState, taskBranch, type TaskRecord } from "../core/run-state.ts";
import { patchBetween } from "../git/objects/patch.ts";
import { mergeBase } from "../git/objects/read-commits.ts";
import { holdsUnsavedWork } from "../git/worktrees/unsaved-work.ts";
import { createWorktreePool } from "../git/worktrees/worktree-pool.ts";
import { findTask, loadRun, readJournal } from "./load-run.ts";
import type { Workspace } from "./workspace.ts";

export type TaskDiff = {
  /** Null when no worker has handed anything over. */
  patch: Uint8Array | null;
  state: TaskRecord["state"]["type"];
  /** The worktree that holds changes newer than the patch, or null. */
  unsaved: string | null;
};

/** A task's change: what landed, or what its worker handed over last. @throws AgentxError NO_RUNS, UNKNOWN_RUN, UNKNOWN_TASK */
export async function taskDiff(
  workspace: Workspace,
  { run, task, binary }: { run: string | null; task: string; binary: boolean },
): Promise<TaskDiff> {
  const { events, state } = readJournal(workspace, (journal) => loadRun(journal, run));
  const record = findTask(state, task);
  const range = await rangeOf(workspace, { record, state, events });
  return {
    patch: range === null ? null : await patchBetween(workspace.repo, { ...range, binary }),
    state: record.state.type,
    unsaved: await unsavedAt(workspace, { record, run: state.run }),
  };
}

type Known = { record: TaskRecord; state: RunState; events: readonly RunEvent[] };

async function rangeOf(
  { repo }: Workspace,
  { record, state, events }: Known,
): Promise<{ from: string; to: string } | null> {
  if (record.state.type === "merged") {
    const { commit } = record.state;
    const prepared = events.findLast(
      (event) => event.type === "merge.prepared" && event.candidate === commit,
    );
    return { from: prepared?.type === "merge.prepared" ? prepared.onto : `${commit}^`, to: commit };
  }
  if (record.head === null) return null;
  // A later attempt may have begun on a newer base than the one that this commit was made on.
  const base = record.base ?? state.base.commit;
  return { from: (await mergeBase(repo, [base, record.head])) ?? base, to: record.head };
}

async function unsavedAt(
  { repo, home }: Workspace,
  at: { record: TaskRecord; run: string },
): Promise<string | null> {
  const { task, worktree: number, state } = at.record;
  const isGoing = !hasEnded(state) || state.type === "failed" || state.type === "canceled";
  if (number === null || !isGoing) return null;
  const worktree = await createWorktreePool({ repo, home }).resume({
    number,
    branch: taskBranch(at.run, task.id),
  });
  if (worktree === null) return null;
  return (await holdsUnsavedWork(worktree, { repo, home })) ? worktree.path : null;
}
