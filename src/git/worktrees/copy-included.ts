import { constants, existsSync } from "node:fs";
import { copyFile, lstat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeRealFolder } from "../../sys/real-folder.ts";
import type { Repository } from "../repository.ts";
import { runGit } from "../processes/run-git.ts";

/**
 * Copies what `.worktreeinclude` (gitignore syntax, in the person's checkout) names into a worktree: regular files that
 * git ignores, such as `.env`. What the worktree already has stays. @returns the copied paths.
 */
export async function copyIncluded(options: {
  repo: Repository;
  worktree: { path: string };
}): Promise<string[]> {
  const { repo, worktree } = options;
  const copied: string[] = [];
  for (const path of await listIncluded(repo)) {
    if (await copyInto(worktree.path, { root: repo.root, path })) copied.push(path);
  }
  return copied;
}

async function listIncluded(repo: Repository): Promise<string[]> {
  const patterns = join(repo.root, ".worktreeinclude");
  if (!existsSync(patterns)) return [];
  const list = ["ls-files", "--others", "--ignored", "-z", `--exclude-from=${patterns}`];
  const named = (await runGit({ cwd: repo.root }, list)).stdout;
  if (named === "") return [];
  const ignore = ["check-ignore", "-z", "--stdin"];
  const { stdout } = await runGit({ cwd: repo.root }, ignore, { input: named, expect: [0, 1] });
  return stdout.split("\0").filter((path) => path !== "");
}

async function copyInto(folder: string, source: { root: string; path: string }): Promise<boolean> {
  const from = join(source.root, source.path);
  const to = join(folder, source.path);
  const found = await lstat(from).catch(() => null);
  if (found === null || !found.isFile() || !(await makeRealFolder(folder, dirname(source.path))))
    return false;
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}
