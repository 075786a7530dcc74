import { basename, join } from "node:path";
import { removeTree } from "../../sys/remove-tree.ts";
import { lookAtCheckout } from "../checkouts/look-at-checkout.ts";
import { resolveCommit } from "../objects/read-commits.ts";
import { findAdminFolder, isFolder, listAdminFolders } from "./admin-folder.ts";
import { pathOf, register, type PoolContext } from "./pool-context.ts";
import { rescueWork } from "./rescue-work.ts";

/** Removes the folder and its record. @returns the rescue ref of unsaved work, or null. */
export async function removeWorktree(pool: PoolContext, number: number): Promise<string | null> {
  const { repo, quiet, alone } = pool;
  const path = pathOf(pool, number);
  const commit = await resolveCommit(repo, "HEAD");
  let rescued: string | null = null;
  if (commit !== null && isFolder(path)) {
    const checkout = await register(pool, { kind: "worktrees", name: String(number), commit });
    ({ rescued } = await rescueWork(checkout, await lookAtCheckout(checkout, quiet), pool));
  }
  await alone(async () => {
    const gitDir = await findAdminFolder(repo, path);
    await removeTree(path);
    if (gitDir !== null) await removeTree(gitDir);
  });
  return rescued;
}

/** Forgets the records whose folders are gone. @returns their numbers and names. */
export function pruneWorktrees({ repo, home, alone }: PoolContext): Promise<string[]> {
  return alone(async () => {
    const ours = ["worktrees", "gates"].map((kind) => listAdminFolders(repo, join(home, kind)));
    const removed: string[] = [];
    for (const { gitDir, path } of (await Promise.all(ours)).flat()) {
      if (isFolder(path)) continue;
      await removeTree(gitDir);
      removed.push(basename(path));
    }
    return removed;
  });
}
