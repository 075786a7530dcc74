import { effect } from "../../sys/failpoint.ts";
import type { Repository } from "../repository.ts";
import { layOverTree } from "./change-tree.ts";
import { treeOf } from "./tree-of.ts";
import { entryAt } from "./read-trees.ts";

export type Overlay = {
  commit: string;
  /** A commit. */
  base: string;
  /** Files, relative to the root and taken literally; what the base does not have is left out of the result. */
  paths: readonly string[];
};

/** A commit's tree with some files as another commit has them. No checkout and no index is touched. */
export async function overlayTree(repo: Repository, { commit, base, paths }: Overlay): Promise<string> {
  const tree = await treeOf(repo, commit);
  if (paths.length === 0) return tree;
  const from = await treeOf(repo, base);
  const names = paths.map((path) => Buffer.from(path).toString("latin1"));
  const files = await Promise.all(
    names.map(async (name) => [name, await entryAt(repo, from, name)] as const),
  );
  return effect("git.mktree", () => layOverTree(repo, tree, new Map(files)));
}
