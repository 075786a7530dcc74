import { readGit } from "../processes/read-git.ts";
import type { Repository } from "../repository.ts";

/** A checkout of the repository, the person's or ours; `branch` is a short name, null when detached. */
export type ListedWorktree = { path: string; branch: string | null };

/** Every checkout whose folder is there. */
export async function listWorktrees(repo: Repository): Promise<ListedWorktree[]> {
  const text = await readGit(repo.root, ["worktree", "list", "--porcelain", "-z"]);
  return text
    .split("\0\0")
    .map((record) => record.split("\0"))
    .filter((fields) => !fields.some((field) => field === "bare" || /^prunable\b/.test(field)))
    .flatMap((fields) => {
      const path = value(fields, "worktree ");
      const branch = value(fields, "branch refs/heads/") ?? null;
      return path === undefined ? [] : [{ path, branch }];
    });
}

function value(fields: readonly string[], name: string): string | undefined {
  return fields.find((field) => field.startsWith(name))?.slice(name.length);
}
