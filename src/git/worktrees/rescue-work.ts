import { rm } from "node:fs/promises";
import { join } from "node:path";
import { branchOf, headOf } from "./admin-folder.ts";
import { checkoutPlace } from "../checkouts/checkout-place.ts";
import { commitTree } from "../objects/commit-tree.ts";
import type { KnownIndexes } from "../checkouts/known-indexes.ts";
import { holdsWork, type Look } from "../checkouts/look-at-checkout.ts";
import { resolveCommit } from "../objects/read-commits.ts";
import { treeOf } from "../objects/tree-of.ts";
import { readRef } from "../refs/refs.ts";
import type { Repository } from "../repository.ts";
import { saveRescue } from "../refs/rescue.ts";
import { runGit } from "../processes/run-git.ts";
import { stageFiles } from "../snapshots/stage-files.ts";
import type { Staged } from "../snapshots/stage-files.ts";
import type { Checkout } from "../worktree.ts";

type Context = { repo: Repository; quiet: readonly string[]; indexes: KnownIndexes; now: () => number };

/** @property rescued the rescue ref, or null where there was nothing to save */
export type Rescue = {
  rescued: string | null;
  /** What may be believed of the files from now on. */
  look: Look;
};

/**
 * Saves what a checkout holds beyond its index as a commit on HEAD, so that its files may be thrown away.
 * Ignored files and what git can not take are left out. Processes: none where all files are the index's and there are
 * no others.
 * @param look what is there
 */
export async function rescueWork(checkout: Checkout, look: Look, context: Context): Promise<Rescue> {
  if (look.type === "empty" || look.type === "halfFilled") return { rescued: null, look };
  if (look.type === "asIndexed" && !(await holdsWork(checkout, { ...context, extra: look.extra })))
    return { rescued: null, look };
  using staged = await stageLeniently(checkout, context);
  const head = await headCommit(context.repo, checkout);
  const known = await knownTrees(checkout, context, head);
  const rescued = known.includes(staged.tree)
    ? null
    : await save(checkout, { tree: staged.tree, head }, context);
  // From now on the files are what the index says, so they are not saved twice.
  await staged.keep();
  if (!staged.isWhole || look.type === "unknown") return { rescued, look: { type: "unknown" } };
  const extra = look.extra.filter((path) => !staged.added.has(path));
  return { rescued, look: { type: "asIndexed", extra, second: look.second } };
}

async function save(
  checkout: Checkout,
  { tree, head }: { tree: string; head: string | null },
  context: Context,
): Promise<string> {
  const branch = branchOf(checkout.gitDir) ?? `worktree-${checkout.name}`;
  const commit = await commitTree(context.repo, {
    tree,
    parents: head === null ? [] : [head],
    message: `Unfinished work on ${branch}\n\nSaved by agentx before the worktree was used again.\n`,
  });
  return saveRescue(context.repo, { commit, name: branch, at: context.now() });
}

async function stageLeniently(checkout: Checkout, { repo, quiet, indexes }: Context): Promise<Staged> {
  try {
    return await stageFiles(checkout, { repo, quiet, indexes, lenient: true });
  } catch {
    // The index is corrupt; without one every file is read anew.
    await rm(join(checkout.gitDir, "index"), { force: true });
    indexes.forget(checkout);
    return stageFiles(checkout, { repo, quiet, indexes, lenient: true });
  }
}

/** Trees that need no saving: the index's, and HEAD's for when a crash came between a commit and its index. */
async function knownTrees(
  checkout: Checkout,
  { repo, quiet, indexes }: Context,
  head: string | null,
): Promise<(string | null)[]> {
  const known = indexes.of(checkout);
  return Promise.all([
    known === null ? treeOfIndex(checkout, quiet) : treeOf(repo, known.tree).catch(() => null),
    head === null ? null : treeOf(repo, head),
  ]);
}

async function treeOfIndex(checkout: Checkout, quiet: readonly string[]): Promise<string | null> {
  const exit = await runGit(checkoutPlace(checkout, quiet), ["write-tree"], { expect: "any" });
  return exit.exitCode === 0 ? exit.stdout.trim() : null;
}

async function headCommit(repo: Repository, { gitDir }: Checkout): Promise<string | null> {
  const branch = branchOf(gitDir);
  return branch === null ? resolveCommit(repo, headOf(gitDir)) : readRef(repo, `refs/heads/${branch}`);
}
