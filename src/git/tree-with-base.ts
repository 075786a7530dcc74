import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Repository } from "./repository.ts";
import { runGit } from "./run-git.ts";

/**
 * The tree of `commit` with these paths as they are in `base`; what is not there is not in the result either.
 * @returns a tree, or the commit itself where there is nothing to put back
 */
export async function treeWithBase(
  repo: Repository,
  { commit, base, paths }: { commit: string; base: string; paths: readonly string[] },
): Promise<string> {
  if (paths.length === 0) return commit;
  const index = join(repo.commonDir, `index.agentx-${randomUUID()}`);
  const place = { cwd: repo.root, gitDir: repo.commonDir };
  const env = { GIT_INDEX_FILE: index, GIT_LITERAL_PATHSPECS: "1" };
  try {
    await runGit(place, ["read-tree", commit], { env });
    const removed = paths.map((path) => `0 ${"0".repeat(commit.length)}\t${path}\0`).join("");
    const update = ["update-index", "-z", "--replace", "--index-info"];
    await runGit(place, update, { env, input: removed });
    const kept = await runGit(place, ["ls-tree", "-r", "-z", base, "--", ...paths], { env });
    await runGit(place, update, { env, input: kept.stdout });
    return (await runGit(place, ["write-tree"], { env })).stdout.trim();
  } finally {
    await rm(index, { force: true });
  }
}
