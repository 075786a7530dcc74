import { gitFailure } from "./git-failure.ts";
import { quietConfig } from "./quiet-config.ts";
import type { Repository } from "./repository.ts";
import { runGit } from "./run-git.ts";

export type TreeMerge =
  | { type: "clean"; tree: string }
  /** The tree holds conflict markers in `files`. */
  | { type: "conflict"; tree: string; files: string[] };

/** Merges two commits without a checkout; neither of them, nor any ref, is changed. */
export async function mergeTrees(
  repo: Repository,
  sides: { ours: string; theirs: string },
): Promise<TreeMerge> {
  const place = { cwd: repo.root, config: [...(await quietConfig(repo)), "merge.conflictStyle=merge"] };
  const args = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", sides.ours, sides.theirs];
  const exit = await runGit(place, args, { expect: [0, 1] });
  const [tree = "", ...rest] = exit.stdout.split("\0");
  // Git 2.39 ends with 1 also for what is no commit.
  if (tree === "") throw gitFailure(args, exit);
  if (exit.exitCode === 0) return { type: "clean", tree };
  return { type: "conflict", tree, files: [...new Set(rest.filter((path) => path !== ""))] };
}
