import { lstat, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { effect } from "../../sys/failpoint.ts";
import { removeTree } from "../../sys/remove-tree.ts";
import { checkoutPlace } from "./checkout-place.ts";
import type { TreeChange } from "../objects/diff-trees.ts";
import { gitlink } from "./gitlinks.ts";
import { keptFolders } from "../installs/kept-folders.ts";
import type { Look } from "./look-at-checkout.ts";
import { trustTimes } from "./own-index.ts";
import type { GitPlace } from "../processes/run-git.ts";
import { runGit } from "../processes/run-git.ts";
import { findInstalls, keepSealedInstalls } from "../installs/sealed-installs.ts";
import type { Repository } from "../repository.ts";
import type { Checkout } from "../worktree.ts";
import { writeFiles } from "./write-files.ts";

type Filling = {
  repo: Repository;
  quiet: readonly string[];
  /** What is there now, of which nothing has to be saved any more. */
  look: Look;
  /** What leads from the index to the tree, or null where that is not known. */
  changes: readonly TreeChange[] | null;
};

/** Past these it is quicker to read the whole tree than to look for each of them in the whole index. */
const fewChanges = 64;

/**
 * Makes the files exactly those of a commit or tree, whatever is there now; only `node_modules` and `.venv` are kept, where
 * they are as they were sealed.
 * HEAD stays where it is. Processes: none where all is as it is to be, or differs in few plain files; restore or read-tree where
 * the files are the index's, clean before it where there is more; read-tree and clean where anything else is there.
 */
export async function fillCheckout(checkout: Checkout, tree: string, filling: Filling): Promise<void> {
  const { quiet, look } = filling;
  const place = checkoutPlace(checkout, quiet);
  if (look.type === "asIndexed" && (await tryUpdate(checkout, tree, { ...filling, look }))) return;
  for (const name of keptFolders) await removeLink(join(checkout.path, name));
  if (look.type !== "empty") await keepSealedInstalls(checkout);
  if (!(await tryFill(place, tree, look))) {
    // Folders that can not be written to, a corrupt index: start from nothing.
    await emptyCheckout(checkout);
    await runGit(place, ["read-tree", "--reset", "-u", tree]);
  }
}

/** From files that are all as the index has them: only what differs between the two trees is looked at. */
async function tryUpdate(
  checkout: Checkout,
  tree: string,
  { repo, quiet, look, changes }: Filling & { look: Look & { type: "asIndexed" } },
): Promise<boolean> {
  const { extra, second } = look;
  const place = checkoutPlace(checkout, quiet);
  if (extra.length > 0) {
    const installs = await findInstalls(checkout);
    // Where they go, files of the commit that lie in them go too.
    if (installs.length > 0 && !(await keepSealedInstalls(checkout, installs))) return false;
    const kept = new Set(installs.map((path) => `${path}/`));
    if (extra.some((path) => !kept.has(path)) && !(await tryClean(place))) return false;
  }
  if (changes === null || changes.length > fewChanges || !changes.every(isNamedFile))
    return (await runGit(place, ["read-tree", "-m", "-u", tree], { expect: "any" })).exitCode === 0;
  if (changes.length === 0) await trustTimes(checkout, second);
  if (changes.length === 0 || (await writeFiles(checkout, { repo, changes, second }))) return true;
  return tryRestore(place, tree, changes);
}

async function tryRestore(place: GitPlace, tree: string, changes: readonly TreeChange[]): Promise<boolean> {
  const to = ["--source", tree, "--staged", "--worktree", "--pathspec-from-file=-", "--pathspec-file-nul"];
  const call = { input: changes.map(({ path }) => `${path}\0`).join(""), expect: "any" } as const;
  const args = ["--literal-pathspecs", "restore", ...to];
  return (await effect("git.restore", () => runGit(place, args, call))).exitCode === 0;
}

/** No submodule, and no name that is not text and so is not known. */
function isNamedFile({ path, oldMode, newMode }: TreeChange): boolean {
  return oldMode !== gitlink && newMode !== gitlink && !path.includes("\uFFFD");
}

async function tryFill(place: GitPlace, tree: string, look: Look): Promise<boolean> {
  const fill = await runGit(place, ["read-tree", "--reset", "-u", tree], { expect: "any" });
  return fill.exitCode === 0 && (look.type === "empty" || (await tryClean(place)));
}

async function tryClean(place: GitPlace): Promise<boolean> {
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
