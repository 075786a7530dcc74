import { effect } from "../../sys/failpoint.ts";
import { gitlink } from "../checkouts/gitlinks.ts";
import { changeTree } from "../objects/change-tree.ts";
import { diffTrees, type TreeChange } from "../objects/diff-trees.ts";
import { nearMergeBase } from "../objects/near-merge-base.ts";
import { treeOf } from "../objects/tree-of.ts";
import type { Repository } from "../repository.ts";

/** A change of more files than this is for git to look at. */
const mostChanges = 1000;

/**
 * Merges two commits that have changed other files each, and none of which can have renamed one, without a process: no file is
 * merged with another, so each is as the side has it that changed it.
 * @returns the tree; null where that takes git
 */
export async function mergeDisjoint(
  repo: Repository,
  { ours, theirs }: { ours: string; theirs: string },
): Promise<string | null> {
  const base = await nearMergeBase(repo, [ours, theirs]);
  if (base === null) return null;
  const [mine, others] = await Promise.all([ours, theirs].map((to) => diffTrees(repo, { from: base, to })));
  if (mine === undefined || others === undefined) return null;
  if (![mine, others].every(isSimple) || !areApart(mine, others)) return null;
  const tree = await treeOf(repo, ours);
  const paths = others.map(
    ({ path, newMode, newId }) =>
      [
        Buffer.from(path).toString("latin1"),
        newMode === "000000" ? null : { mode: newMode, id: newId },
      ] as const,
  );
  return effect("git.mktree", () => changeTree(repo, tree, new Map(paths)));
}

/** Nothing that git could take for a rename, no submodule, and no name that is not text and so is not known. */
function isSimple(changes: readonly TreeChange[]): boolean {
  const has = (status: TreeChange["status"]): boolean => changes.some((change) => change.status === status);
  if (changes.length > mostChanges || (has("added") && has("deleted"))) return false;
  return changes.every(
    ({ path, oldMode, newMode }) => oldMode !== gitlink && newMode !== gitlink && !path.includes("\uFFFD"),
  );
}

/** No path of one is a path, or a folder, of the other. */
function areApart(some: readonly TreeChange[], others: readonly TreeChange[]): boolean {
  const [one, other] = [some, others].map((changes) => new Set(changes.map(({ path }) => path)));
  const isBelow = (path: string, paths: ReadonlySet<string> | undefined): boolean =>
    paths?.has(path) === true || folders(path).some((folder) => paths?.has(folder) === true);
  return !some.some(({ path }) => isBelow(path, other)) && !others.some(({ path }) => isBelow(path, one));
}

function folders(path: string): string[] {
  return Array.from(path.matchAll(/\//g), ({ index }) => path.slice(0, index));
}
