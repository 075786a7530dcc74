import { access, copyFile, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { checkoutPlace } from "./checkout-files.ts";
import { gitFailure } from "./git-failure.ts";
import { listGitlinks } from "./gitlinks.ts";
import { findLargeFiles } from "./large-files.ts";
import { runGit } from "./run-git.ts";
import { tooLarge, treeRefused } from "./tree-policy.ts";
import type { Checkout } from "./worktree.ts";
import { effect } from "../sys/failpoint.ts";

/** All files of a checkout as a tree, and the index that says so, which is not the checkout's own yet. */
export type Staged = AsyncDisposable & {
  tree: string;
  /** Makes it the checkout's own index. */
  keep: () => Promise<void>;
};

type Staging = {
  quiet: readonly string[];
  /** Leave out what git can not take, instead of failing. */
  lenient: boolean;
};

/**
 * Writes the files of a checkout, but ignored ones, to the object store as a tree. Symlinks are stored, not followed.
 * Submodules stay as they were: git would otherwise start a process of its own inside each, under a configuration that
 * a worker may have written. Not to be run twice at once on one checkout.
 * @throws AgentxError TREE_REFUSED for what git itself does not take, such as a nested repository without a commit, and
 * for files that are too large.
 */
export async function stageFiles(checkout: Checkout, staging: Staging): Promise<Staged> {
  const own = join(checkout.gitDir, "index");
  // Always the same name, so that what a crash left is used again instead of piling up.
  const copy = join(checkout.gitDir, "index.agentx");
  const place = checkoutPlace(checkout, staging.quiet);
  const env = { GIT_INDEX_FILE: copy };
  const remove = async (): Promise<void> => {
    for (const path of [copy, `${copy}.lock`]) await rm(path, { force: true });
  };
  await remove();
  try {
    // With the old index's times git reads only what has changed. None is there in a new worktree.
    if (await isThere(own)) await copyIndex(own, copy);
    const links = (await listGitlinks(place)).map((path) => `:(top,literal,exclude)${path}`);
    if (!staging.lenient) {
      const large = await findLargeFiles({ ...place, workTree: checkout.path }, { env, links });
      if (large.length > 0) throw treeRefused(large.map(({ path, bytes }) => tooLarge(path, bytes)));
    }
    const add = ["add", "--all", ...(staging.lenient ? ["--ignore-errors"] : []), "--", ".", ...links];
    const exit = await runGit(place, add, { env, expect: "any" });
    if (exit.exitCode !== 0 && !staging.lenient) throw addFailure(add, exit);
    const tree = (await runGit(place, ["write-tree"], { env })).stdout.trim();
    return { tree, keep: () => effect("index.keep", () => rename(copy, own)), [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
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

function addFailure(args: readonly string[], exit: { exitCode: number; stderr: string }): Error {
  const nested = /'([^']*)' does not have a commit checked out/.exec(exit.stderr)?.[1];
  if (nested !== undefined) return treeRefused([{ path: nested, what: "is a git repository of its own" }]);
  const name = /invalid path '([^']*)'/i.exec(exit.stderr)?.[1];
  if (name !== undefined) return treeRefused([{ path: name, what: "git takes no file of this name" }]);
  return gitFailure(args, exit);
}
