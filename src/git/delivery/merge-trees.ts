import { mergeDisjoint } from "./merge-disjoint.ts";
import { gitFailure } from "../processes/git-failure.ts";
import { isNearAncestor } from "../objects/near-ancestor.ts";
import { quietConfig } from "../processes/quiet-config.ts";
import { treeOf } from "../objects/tree-of.ts";
import type { Repository } from "../repository.ts";
import { runGit } from "../processes/run-git.ts";

export type TreeMerge =
  | { type: "clean"; tree: string }
  /** The tree holds conflict markers in `files`. */
  | { type: "conflict"; tree: string; files: string[] };

/** Merges two commits without a checkout; neither of them, nor any ref, is changed. */
export async function mergeTrees(
  repo: Repository,
  sides: { ours: string; theirs: string },
): Promise<TreeMerge> {
  // Only one side has changed anything since they parted.
  const isAhead = await isNearAncestor(repo, { ancestor: sides.ours, descendant: sides.theirs, most: 8 });
  if (isAhead === true) return { type: "clean", tree: await treeOf(repo, sides.theirs) };
  const apart = await mergeDisjoint(repo, sides);
  if (apart !== null) return { type: "clean", tree: apart };
  const place = { cwd: repo.root, config: [...(await quietOf(repo)), "merge.conflictStyle=merge"] };
  const args = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", sides.ours, sides.theirs];
  const exit = await runGit(place, args, { expect: [0, 1] });
  const [tree = "", ...rest] = exit.stdout.split("\0");
  // Git 2.39 ends with 1 also for what is no commit.
  if (tree === "") throw gitFailure(args, exit);
  if (exit.exitCode === 0) return { type: "clean", tree };
  return { type: "conflict", tree, files: [...new Set(rest.filter((path) => path !== ""))] };
}

const quiet = new WeakMap<Repository, Promise<string[]>>();

/** Once for a run, as for its worktrees. */
function quietOf(repo: Repository): Promise<string[]> {
  const known = quiet.get(repo) ?? quietConfig(repo);
  quiet.set(repo, known);
  known.catch(() => quiet.delete(repo));
  return known;
}
