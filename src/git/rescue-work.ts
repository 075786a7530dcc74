import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { branchOf } from "./admin-folder.ts";
import { checkoutPlace } from "./checkout-files.ts";
import { commitTree } from "./commit-tree.ts";
import type { Repository } from "./repository.ts";
import { saveRescue } from "./rescue.ts";
import { runGit } from "./run-git.ts";
import { stageFiles } from "./stage-files.ts";
import type { Staged } from "./stage-files.ts";
import type { Checkout } from "./worktree.ts";

type Context = { repo: Repository; quiet: readonly string[]; now: () => number };

/**
 * Saves what a checkout holds beyond its index as a commit on HEAD, so that its files may be thrown away.
 * Ignored files and what git can not take are left out. @returns the rescue ref, or null when there was nothing.
 */
export async function rescueWork(checkout: Checkout, context: Context): Promise<string | null> {
  const files = await readdir(checkout.path);
  if (files.every((name) => name === ".git")) return null;
  if (await isUntouched(checkout, context.quiet)) return null;
  await using staged = await stageLeniently(checkout, context.quiet);
  const known = await knownTrees(checkout, context.quiet);
  if (known.includes(staged.tree)) return null;
  const head = await headOf(checkout, context.quiet);
  const branch = (await branchOf(checkout.gitDir)) ?? `worktree-${checkout.name}`;
  const commit = await commitTree(context.repo, {
    tree: staged.tree,
    parents: head === null ? [] : [head],
    message: `Unfinished work on ${branch}\n\nSaved by agentx before the worktree was used again.\n`,
  });
  const ref = await saveRescue(context.repo, { commit, name: branch, at: context.now() });
  // From now on the files are what the index says, so they are not saved twice.
  await staged.keep();
  return ref;
}

/** Whether the files are the index's, in one process: the common case. What is staged is known and does not count. */
export async function isUntouched(checkout: Checkout, quiet: readonly string[]): Promise<boolean> {
  // Looking into submodules would start processes inside them.
  const flags = ["--porcelain", "-z", "--no-renames", "--untracked-files=normal", "--ignore-submodules=all"];
  const exit = await runGit(checkoutPlace(checkout, quiet), ["status", ...flags], { expect: "any" });
  return exit.exitCode === 0 && exit.stdout.split("\0").every((entry) => entry === "" || entry[1] === " ");
}

async function stageLeniently(checkout: Checkout, quiet: readonly string[]): Promise<Staged> {
  try {
    return await stageFiles(checkout, { quiet, lenient: true });
  } catch {
    // The index is corrupt; without one every file is read anew.
    await rm(join(checkout.gitDir, "index"), { force: true });
    return stageFiles(checkout, { quiet, lenient: true });
  }
}

/** Trees that need no saving: the index's, and HEAD's for when a crash came between a commit and its index. */
async function knownTrees(checkout: Checkout, quiet: readonly string[]): Promise<string[]> {
  const place = checkoutPlace(checkout, quiet);
  const exits = await Promise.all([
    runGit(place, ["write-tree"], { expect: "any" }),
    runGit(place, ["rev-parse", "--verify", "--quiet", "HEAD^{tree}"], { expect: "any" }),
  ]);
  return exits.filter(({ exitCode }) => exitCode === 0).map(({ stdout }) => stdout.trim());
}

async function headOf(checkout: Checkout, quiet: readonly string[]): Promise<string | null> {
  const args = ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"];
  const { exitCode, stdout } = await runGit(checkoutPlace(checkout, quiet), args, { expect: "any" });
  return exitCode === 0 ? stdout.trim() : null;
}
