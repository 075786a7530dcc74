import { integrationBranch, type RunState, taskBranch, type TaskState } from "../core/run-state.ts";
import { listWorktrees } from "../git/worktrees/list-worktrees.ts";
import { mergeTrees } from "../git/delivery/merge-trees.ts";
import { isAncestor, mergeBase, resolveCommit } from "../git/objects/read-commits.ts";
import { treeOf } from "../git/objects/tree-of.ts";
import { deleteRef, listRefs } from "../git/refs/refs.ts";
import type { Repository } from "../git/repository.ts";
import type { Workspace } from "./workspace.ts";

export type CleanedBranches = {
  deleted: string[];
  kept: { branch: string; why: string }[];
};

type Tip = { branch: string; commit: string };

/**
 * Deletes the branches of a run whose work is proven to be elsewhere. A task's branch was squashed into the integration
 * branch, so its ancestry proves nothing: the journal does, as long as what it calls merged can still be reached.
 */
export async function cleanBranches({ repo }: Workspace, state: RunState): Promise<CleanedBranches> {
  const prefix = `refs/heads/agentx/${state.run}/`;
  const tips = (await listRefs(repo, prefix)).map(({ ref, commit }) => ({
    branch: ref.slice("refs/heads/".length),
    commit,
  }));
  const standing = new Map((await listWorktrees(repo)).map(({ path, branch }) => [branch, path]));
  const homes = await homesOf(repo, state);
  const result: CleanedBranches = { deleted: [], kept: [] };
  for (const tip of integrationLast(tips, state.run)) {
    const { branch, commit } = tip;
    const place = standing.get(branch);
    const why = place === undefined ? await whyKept(repo, { tip, state, homes }) : `checked out in ${place}`;
    if (why !== null) result.kept.push({ branch, why });
    else if (await deleteRef(repo, { ref: `refs/heads/${branch}`, from: commit }))
      result.deleted.push(branch);
    else result.kept.push({ branch, why: "it moved just now" });
  }
  return result;
}

/** The person's own commits that may hold the work: the branch that the run started on, and what is checked out. */
async function homesOf(repo: Repository, { base }: RunState): Promise<string[]> {
  const names = [...(base.branch === null ? [] : [`refs/heads/${base.branch}`]), "HEAD"];
  const commits = await Promise.all(names.map((name) => resolveCommit(repo, name)));
  return [...new Set(commits.filter((commit) => commit !== null))];
}

/** It holds what was merged for as long as nothing else does. */
function integrationLast(tips: readonly Tip[], run: string): Tip[] {
  const last = integrationBranch(run);
  return tips.toSorted((a, b) => Number(a.branch === last) - Number(b.branch === last));
}

type Judged = { tip: Tip; state: RunState; homes: readonly string[] };

/** Null when the branch may go. */
async function whyKept(repo: Repository, { tip, state, homes }: Judged): Promise<string | null> {
  const integration = integrationBranch(state.run);
  if (tip.branch === integration) {
    return (await isIn(repo, { commit: tip.commit, known: state.tip }, homes))
      ? null
      : "it is not merged into your branch yet";
  }
  const tipOfRun = await resolveCommit(repo, `refs/heads/${integration}`);
  const places = tipOfRun === null ? homes : [...homes, tipOfRun];
  const record = [...state.tasks.values()].find(({ task }) => taskBranch(state.run, task.id) === tip.branch);
  if (record?.state.type === "merged" && record.head === tip.commit) {
    const { commit } = record.state;
    if (await isIn(repo, { commit, known: commit }, places)) return null;
    return "it was merged, but the commit that it was merged as is on no branch any more";
  }
  if (await isIn(repo, { commit: tip.commit, known: record?.head ?? null }, places)) return null;
  return record === undefined
    ? "it is of no task of the run"
    : whyUnmerged(record.state, record.head !== tip.commit);
}

function whyUnmerged(state: TaskState, hasMoved: boolean): string {
  if (state.type === "merged") return "it has moved since it was merged";
  const reason = state.type === "failed" ? `: ${state.reason}` : "";
  return `not merged, the task is ${state.type}${reason}${hasMoved ? "; the branch has moved" : ""}`;
}

type Work = {
  commit: string;
  /** What the journal knows the branch by. A commit that somebody else put there goes only where it is itself. */
  known: string | null;
};

/** Whether one of the places contains the commit, or merging it there would change nothing. */
async function isIn(repo: Repository, { commit, known }: Work, places: readonly string[]): Promise<boolean> {
  for (const place of places) {
    if (await isAncestor(repo, { ancestor: commit, descendant: place })) return true;
    if (commit !== known || (await mergeBase(repo, [place, commit])) === null) continue;
    const merged = await mergeTrees(repo, { ours: place, theirs: commit });
    if (merged.type === "clean" && merged.tree === (await treeOf(repo, place))) return true;
  }
  return false;
}
