import { access, copyFile, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { checkoutPlace } from "../checkouts/checkout-place.ts";
import { gitFailure, type GitExit } from "../processes/git-failure.ts";
import { listGitlinks } from "../checkouts/gitlinks.ts";
import type { KnownIndexes } from "../checkouts/known-indexes.ts";
import { removeFile } from "../../sys/remove-file.ts";
import { indexCopyOf, keepIndexCopy, secondOf } from "../checkouts/own-index.ts";
import type { GitPlace } from "../processes/run-git.ts";
import { runGit } from "../processes/run-git.ts";
import { tooLarge, treeRefused } from "./tree-policy.ts";
import { findLargeFiles, listUnsavedFiles, type UnsavedFile } from "./unsaved-files.ts";
import { treeOf } from "../objects/tree-of.ts";
import type { Repository } from "../repository.ts";
import type { Checkout } from "../worktree.ts";
import { takeFiles } from "./take-files.ts";
import { effect } from "../../sys/failpoint.ts";

/** All files of a checkout as a tree, and the index that says so, which is not the checkout's own yet. */
export type Staged = Disposable & {
  tree: string;
  /** Whether nothing was left out. */
  isWhole: boolean;
  /** Paths of files that the index did not have. */
  added: ReadonlySet<string>;
  /** Makes it the checkout's own index. */
  keep: () => Promise<void>;
};

type Staging = {
  repo: Repository;
  quiet: readonly string[];
  indexes: KnownIndexes;
  /** Leave out what git can not take, instead of failing. */
  lenient: boolean;
};

/**
 * Writes the files of a checkout, but ignored ones, to the object store as a tree. Symlinks are stored, not followed.
 * Submodules stay as they were: git would otherwise start a process of its own inside each, under a configuration that
 * a worker may have written. Not to be run twice at once on one checkout.
 * Processes: ls-files; and update-index and write-tree where not only few plain files have changed, or the index is somebody else's.
 * @throws AgentxError TREE_REFUSED for what git itself does not take, such as a nested repository, and for files that
 * are too large.
 */
export async function stageFiles(checkout: Checkout, staging: Staging): Promise<Staged> {
  const { repo, quiet, indexes, lenient } = staging;
  const own = join(checkout.gitDir, "index");
  const copy = indexCopyOf(checkout);
  const place = checkoutPlace(checkout, quiet);
  const remove = (): void => {
    for (const path of [copy, `${copy}.lock`]) removeFile(path);
  };
  remove();
  const known = indexes.of(checkout);
  const links = known?.links ?? (await listGitlinks(place));
  const second = secondOf(checkout);
  const files = await listUnsavedFiles(place, links);
  if (!lenient) await refuse(checkout, files);
  const added = new Set(files.filter((file) => !file.isTracked).map(({ path }) => String(path)));
  if (known !== null && files.length === 0) {
    const tree = await treeOf(repo, known.tree);
    return { tree, isWhole: true, added, keep: async () => {}, [Symbol.dispose]: () => {} };
  }
  try {
    const taken = known === null ? null : await takeFiles(checkout, { repo, known, files, second });
    // A person's git may have written another meanwhile.
    if (taken !== null && indexes.of(checkout) === known) {
      const keep = async (): Promise<void> => {
        await keepIndexCopy(checkout);
        indexes.note(checkout, { tree: taken, links });
      };
      return { tree: taken, isWhole: true, added, keep, [Symbol.dispose]: remove };
    }
    remove();
    // With the old index's times git reads only what has changed. None is there in a new worktree.
    if (await isThere(own)) await copyIndex(own, copy);
    const index = { place, env: { GIT_INDEX_FILE: copy } };
    const isWhole = lenient ? await tryUpdate(index, files) : await update(index, files);
    if (!isWhole) await addLeniently(index, links);
    const tree = (await runGit(place, ["write-tree"], { env: index.env })).stdout.trim();
    const keep = async (): Promise<void> => {
      await keepIndexCopy(checkout);
      // What git was lenient about may have brought links that nobody has looked at.
      if (isWhole) indexes.note(checkout, { tree, links });
      else indexes.forget(checkout);
    };
    return { tree, isWhole, added, keep, [Symbol.dispose]: remove };
  } catch (error) {
    remove();
    throw error;
  }
}

async function refuse(checkout: Checkout, files: readonly UnsavedFile[]): Promise<void> {
  const nested = files.filter(({ path }) => isRepository(path)).map(({ path }) => String(path).slice(0, -1));
  if (nested.length > 0)
    throw treeRefused(nested.map((path) => ({ path, what: "is a git repository of its own" })));
  const large = await findLargeFiles(checkout.path, files);
  if (large.length > 0) throw treeRefused(large.map(({ path, bytes }) => tooLarge(path, bytes)));
}

function isRepository(path: Buffer): boolean {
  return path.at(-1) === "/".charCodeAt(0);
}

type Index = { place: GitPlace; env: Record<string, string> };

const updateIndex = ["update-index", "-z", "--add", "--remove", "--replace", "--stdin"];

async function update(index: Index, files: readonly UnsavedFile[]): Promise<true> {
  if (files.length === 0) return true;
  const exit = await callUpdate(index, files);
  if (exit.exitCode !== 0) throw gitFailure(updateIndex, exit);
  const refused = refusedIn(exit);
  if (refused.length > 0)
    throw treeRefused(refused.map((path) => ({ path, what: "git takes no file of this name" })));
  return true;
}

/** @returns whether git has taken all of them */
async function tryUpdate(index: Index, files: readonly UnsavedFile[]): Promise<boolean> {
  if (files.some(({ path }) => isRepository(path))) return false;
  const exit = await callUpdate(index, files);
  return exit.exitCode === 0 && refusedIn(exit).length === 0;
}

/** Git says it and goes on. */
function refusedIn({ stderr }: GitExit): string[] {
  return Array.from(stderr.matchAll(/^Ignoring path (.*)$/gm), ([, path = ""]) => path);
}

function callUpdate({ place, env }: Index, files: readonly UnsavedFile[]): Promise<GitExit> {
  const call = { env, input: joinAtNul(files), expect: "any" } as const;
  return effect("git.update-index", () => runGit(place, updateIndex, call));
}

/** Of the two only this one goes on past a file that can not be read. */
async function addLeniently({ place, env }: Index, links: readonly string[]): Promise<void> {
  const excluded = links.map((path) => `:(top,literal,exclude)${path}`);
  await runGit(place, ["add", "--all", "--ignore-errors", "--", ".", ...excluded], { env, expect: "any" });
}

function joinAtNul(files: readonly UnsavedFile[]): Buffer {
  return Buffer.concat(files.flatMap(({ path }) => [path, Buffer.of(0)]));
}

/**
 * With the time of the first: by it git knows which files may have changed after they were looked at, without a sign of
 * it in size or time. A copy that is younger would hide such a change.
 */
async function copyIndex(own: string, copy: string): Promise<void> {
  const { atime, mtimeMs } = await stat(own);
  await copyFile(own, copy);
  await utimes(copy, atime, Math.floor(mtimeMs) / 1000);
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
