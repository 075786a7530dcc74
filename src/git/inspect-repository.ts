import { existsSync } from "node:fs";
import { join } from "node:path";
import { runGit } from "./processes/run-git.ts";
import type { Repository } from "./repository.ts";

export type Operation = "merge" | "rebase" | "cherry-pick" | "bisect" | "revert";

export type RepositoryState = {
  /** Null when HEAD is detached, as it is during a rebase. */
  branch: string | null;
  /** Null when there are no commits yet. */
  commit: string | null;
  /** Tracked files differ from HEAD, in the index or on disk. */
  dirty: boolean;
  untracked: boolean;
  /** What the person is in the middle of. */
  operation: Operation | null;
  shallow: boolean;
  submodules: boolean;
};

const operationFiles: readonly (readonly [string, Operation])[] = [
  ["rebase-merge", "rebase"],
  ["rebase-apply", "rebase"],
  ["MERGE_HEAD", "merge"],
  ["CHERRY_PICK_HEAD", "cherry-pick"],
  ["REVERT_HEAD", "revert"],
  ["BISECT_LOG", "bisect"],
];

/** What the person's checkout looks like. Reads only; takes no lock. */
export async function inspectRepository(repo: Repository): Promise<RepositoryState> {
  const [status, gitDir] = await Promise.all([
    runGit({ cwd: repo.root }, [
      "status",
      "--porcelain=v2",
      "--branch",
      "-z",
      "--no-ahead-behind",
      "--no-renames",
      "--untracked-files=normal",
      "--ignore-submodules=dirty",
    ]),
    gitDirOf(repo),
  ]);
  const entries = status.stdout.split("\0");
  const commit = header(entries, "# branch.oid ");
  const branch = header(entries, "# branch.head ");
  return {
    branch: branch === "(detached)" ? null : branch,
    commit: commit === "(initial)" ? null : commit,
    dirty: entries.some((entry) => /^[12u] /.test(entry)),
    untracked: entries.some((entry) => entry.startsWith("? ")),
    operation: operationIn(gitDir),
    shallow: existsSync(join(repo.commonDir, "shallow")),
    submodules: existsSync(join(repo.root, ".gitmodules")),
  };
}

async function gitDirOf({ root, commonDir }: Repository): Promise<string> {
  // A clone's first checkout, which is nearly every one.
  if (join(root, ".git") === commonDir) return commonDir;
  const { stdout } = await runGit({ cwd: root }, ["rev-parse", "--absolute-git-dir"]);
  return stdout.replace(/\n$/, "");
}

/** @param gitDir the git folder of one worktree. */
export function operationIn(gitDir: string): Operation | null {
  return operationFiles.find(([file]) => existsSync(join(gitDir, file)))?.[1] ?? null;
}

function header(entries: readonly string[], name: string): string | null {
  return entries.find((entry) => entry.startsWith(name))?.slice(name.length) ?? null;
}
