import { lstat, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { removeTree } from "../sys/remove-tree.ts";
import { keptFolders } from "./kept-folders.ts";
import { exactFiles } from "./quiet-config.ts";
import type { GitPlace } from "./run-git.ts";
import { runGit } from "./run-git.ts";
import type { Checkout } from "./worktree.ts";

/** How git is told to work in a checkout. @param quiet from `quietConfig`. */
export function checkoutPlace(checkout: Checkout, quiet: readonly string[]): GitPlace {
  return {
    cwd: checkout.path,
    gitDir: checkout.gitDir,
    workTree: checkout.path,
    config: [...quiet, ...exactFiles],
  };
}

/**
 * Makes the files exactly those of a commit or tree, whatever is there now; only `node_modules` and `.venv` are kept.
 * HEAD stays where it is. Processes: read-tree, clean.
 */
export async function fillCheckout(
  checkout: Checkout,
  tree: string,
  quiet: readonly string[],
): Promise<void> {
  const place = checkoutPlace(checkout, quiet);
  for (const name of keptFolders) await removeLink(join(checkout.path, name));
  if (!(await tryFill(place, tree))) {
    // Folders that can not be written to, a corrupt index: start from nothing.
    await emptyCheckout(checkout);
    await runGit(place, ["read-tree", "--reset", "-u", tree]);
  }
}

async function tryFill(place: GitPlace, tree: string): Promise<boolean> {
  const fill = await runGit(place, ["read-tree", "--reset", "-u", tree], { expect: "any" });
  if (fill.exitCode !== 0) return false;
  // -x: ignored files too; -ff: nested repositories too.
  const clean = ["clean", "-ffdxq", ...keptFolders.flatMap((name) => ["-e", name])];
  return (await runGit(place, clean, { expect: "any" })).exitCode === 0;
}

/**
 * Puts the files of a commit back where something has changed them meanwhile, and takes away what is new. What git ignores
 * stays: a build's output is there for what comes next. @throws AgentxError GIT_FAILED
 */
export async function restoreCheckout(
  checkout: Checkout,
  tree: string,
  quiet: readonly string[],
): Promise<void> {
  const place = checkoutPlace(checkout, quiet);
  await runGit(place, ["read-tree", "--reset", "-u", tree]);
  await runGit(place, ["clean", "-ffdq", ...keptFolders.flatMap((name) => ["-e", name])]);
}

async function emptyCheckout(checkout: Checkout): Promise<void> {
  await removeTree(checkout.path);
  await mkdir(checkout.path);
  await rm(join(checkout.gitDir, "index"), { force: true });
  await writeFile(join(checkout.path, ".git"), `gitdir: ${checkout.gitDir}\n`);
}

/** A worker could leave a link in the place of a kept folder and so lead the next install elsewhere. */
async function removeLink(path: string): Promise<void> {
  if ((await lstat(path).catch(() => null))?.isSymbolicLink()) await rm(path);
}
