import { commitTree } from "../objects/commit-tree.ts";
import type { KnownIndexes } from "../checkouts/known-indexes.ts";
import { treeOf } from "../objects/tree-of.ts";
import { compareAndSwapRef, readRef } from "../refs/refs.ts";
import type { Repository } from "../repository.ts";
import { stageFiles } from "./stage-files.ts";
import { branchMoved } from "../refs/task-branch.ts";
import { checkTree } from "./tree-policy.ts";
import type { Worktree } from "../worktree.ts";

export type SnapshotOptions = {
  message: string;
  parents: readonly string[];
  /** The commit that the result is compared with. */
  base: string;
  /** May refuse the tree before anything holds it. Left out where work is only to be kept. */
  vet?: (range: { from: string; to: string }) => Promise<void>;
};

/** `files` are the paths that differ from the base. */
export type Snapshot = { commit: string; tree: string; files: string[] };

/**
 * Commits everything in a worktree that git does not ignore and moves the task's branch there; null when the files are
 * the base's. The files themselves are not touched.
 * @throws AgentxError TREE_REFUSED when the tree could do harm, BRANCH_MOVED; the branch then is where it was.
 */
export async function takeSnapshot(
  worktree: Worktree,
  options: SnapshotOptions,
  context: { repo: Repository; quiet: readonly string[]; indexes: KnownIndexes },
): Promise<Snapshot | null> {
  const { repo } = context;
  const ref = `refs/heads/${worktree.branch}`;
  const tip = await readRef(repo, ref);
  using staged = await stageFiles(worktree, { ...context, lenient: false });
  const { tree } = staged;
  if (tree === (await treeOf(repo, options.base))) {
    await staged.keep();
    return null;
  }
  const changes = await checkTree(repo, { from: options.base, to: tree });
  await options.vet?.({ from: options.base, to: tree });
  const commit = await commitTree(repo, { tree, parents: options.parents, message: options.message });
  if (!(await compareAndSwapRef(repo, { ref, to: commit, from: tip ?? "" })))
    throw branchMoved(worktree.branch);
  await staged.keep();
  return { commit, tree, files: changes.map(({ path }) => path) };
}
