import { lstat, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { makeRealFolder } from "../../sys/real-folder.ts";
import { removeTree } from "../../sys/remove-tree.ts";
import { checkoutPlace } from "./checkout-place.ts";
import type { TreeChange } from "../objects/diff-trees.ts";
import type { Limit } from "../../sys/limit.ts";
import { folderMode, readFoldersAndLinks, textOf } from "../objects/read-trees.ts";
import type { Repository } from "../repository.ts";
import type { GitPlace } from "../processes/run-git.ts";
import { runGit } from "../processes/run-git.ts";
import type { Checkout, SubmoduleState } from "../worktree.ts";

/** A clone from a remote may be part of it. */
const updateTimeoutMs = 5 * 60_000;

/** The paths in the index that stand for other repositories: submodules. */
export async function listGitlinks(place: GitPlace): Promise<string[]> {
  const { stdout } = await runGit(place, ["ls-files", "--stage", "-z"], { expect: "any" });
  return Array.from(stdout.matchAll(/(?<=^|\0)160000 [^\t]*\t([^\0]*)/g), (match) => match[1] ?? "");
}

export const gitlink = "160000";

/** The same of a tree. @param tree its full id */
export async function linksIn(repo: Repository, tree: string): Promise<string[]> {
  const entries = await readFoldersAndLinks(repo, tree);
  const found = await Promise.all(
    entries.map(async ({ mode, name, id }) => {
      if (mode === gitlink) return [textOf(name)];
      return mode === folderMode ? (await linksIn(repo, id)).map((path) => `${textOf(name)}/${path}`) : [];
    }),
  );
  return found.flat();
}

/** The links of a tree, from those of another and what leads from that to it. */
export function changeLinks(links: readonly string[], changes: readonly TreeChange[]): string[] {
  const gone = new Set(changes.filter(({ oldMode }) => oldMode === gitlink).map(({ path }) => path));
  const come = changes.filter(({ newMode }) => newMode === gitlink).map(({ path }) => path);
  return [...links.filter((path) => !gone.has(path)), ...come];
}

/**
 * Fills the submodules of a fresh checkout, best effort. Each is emptied first: git does not clean inside them, and what
 * a worker left there must not be where git works next. Only a `.gitmodules` that the person has checked out is
 * followed, since it decides what is fetched from where.
 * @param context `links` are their paths, `alone` keeps others from the repository's config file meanwhile.
 */
export async function fillSubmodules(
  checkout: Checkout & { commit: string },
  context: { repo: Repository; quiet: readonly string[]; alone: Limit; links: readonly string[] },
): Promise<SubmoduleState> {
  const { links } = context;
  const place = checkoutPlace(checkout, context.quiet);
  if (links.length === 0) return { type: "none" };
  for (const path of links) await emptyFolder(checkout.path, path);
  if (!(await isFile(join(checkout.path, ".gitmodules")))) return missing("there is no .gitmodules");
  if (!(await isPersons(context.repo, checkout.commit)))
    return missing(".gitmodules is not the one that is checked out");
  const args = ["submodule", "--quiet", "update", "--init"];
  const call = { expect: "any", timeoutMs: updateTimeoutMs } as const;
  const exit = await context.alone(() => runGit(place, args, call));
  return exit.exitCode === 0 ? { type: "ready" } : missing(exit.stderr.trim());
}

function missing(reason: string): SubmoduleState {
  return { type: "missing", reason };
}

async function isPersons(repo: Repository, commit: string): Promise<boolean> {
  const args = ["rev-parse", "--verify", "--quiet"];
  const [theirs, ours] = await Promise.all(
    ["HEAD", commit].map((rev) =>
      runGit({ cwd: repo.root }, [...args, `${rev}:.gitmodules`], { expect: "any" }),
    ),
  );
  return theirs?.exitCode === 0 && theirs.stdout === ours?.stdout;
}

async function emptyFolder(root: string, path: string): Promise<void> {
  if (!(await makeRealFolder(root, path))) return;
  const folder = join(root, path);
  if ((await readdir(folder)).length === 0) return;
  await removeTree(folder);
  await mkdir(folder);
}

async function isFile(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null))?.isFile() ?? false;
}
