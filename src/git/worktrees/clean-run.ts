import { listWorktrees } from "./list-worktrees.ts";
import { deleteRef, listRefs } from "../refs/refs.ts";
import { saveRescue } from "../refs/rescue.ts";
import type { Repository } from "../repository.ts";

export type CleanedRun = {
  deleted: string[];
  /** A branch that is not wholly in `mergedInto`, or that a worktree still stands on. */
  kept: { branch: string; reason: "unmerged" | "checked out" }[];
};

/**
 * Deletes the branches `agentx/<run>/*` that `mergedInto` contains. With `keepUnmerged: false` the others go too,
 * once their tips are saved under `refs/agentx/rescue/`.
 */
export async function cleanRun(
  repo: Repository,
  options: { run: string; mergedInto: string; keepUnmerged: boolean; now?: () => number },
): Promise<CleanedRun> {
  const folder = `refs/heads/agentx/${options.run}/`;
  const [all, mergedRefs, worktrees] = await Promise.all([
    listRefs(repo, folder),
    listRefs(repo, folder, options.mergedInto),
    listWorktrees(repo),
  ]);
  const merged = new Set(mergedRefs.map(({ ref }) => ref));
  const checkedOut = new Set(worktrees.map(({ branch }) => branch));
  const result: CleanedRun = { deleted: [], kept: [] };
  for (const { ref, commit } of all) {
    const branch = ref.slice("refs/heads/".length);
    if (checkedOut.has(branch)) result.kept.push({ branch, reason: "checked out" });
    else if (!merged.has(ref) && options.keepUnmerged) result.kept.push({ branch, reason: "unmerged" });
    else {
      if (!merged.has(ref)) await saveRescue(repo, { commit, name: branch, at: (options.now ?? Date.now)() });
      if (await deleteRef(repo, { ref, from: commit })) result.deleted.push(branch);
      else result.kept.push({ branch, reason: "unmerged" });
    }
  }
  return result;
}
