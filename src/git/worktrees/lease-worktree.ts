import { bringTo } from "../checkouts/bring-to.ts";
import { fillSubmodules } from "../checkouts/gitlinks.ts";
import { lookAtCheckout } from "../checkouts/look-at-checkout.ts";
import { resolveCommit } from "../objects/read-commits.ts";
import { placeBranch, type Placed } from "../refs/task-branch.ts";
import type { Checkout, GateCheckout, Lease, SubmoduleState, Worktree } from "../worktree.ts";
import { branchOf, findAdminFolder, headOf, isFolder, isIntact } from "./admin-folder.ts";
import { pathOf, register, type PoolContext } from "./pool-context.ts";
import { rescueWork, type Rescue } from "./rescue-work.ts";
import { attachHead, detachHead } from "./worktree-head.ts";

export async function leaseWorktree(
  pool: PoolContext,
  { number, branch, commit }: { number: number; branch: string; commit: string },
): Promise<Lease> {
  const { repo, filling, now } = pool;
  const checkout = await register(pool, { kind: "worktrees", name: String(number), commit });
  const [lease, links] = await filling(async () => {
    const placing = (): Promise<Placed> => placeBranch(repo, { branch, commit, exactly: false, at: now() });
    const rescuing = rescue(pool, checkout);
    // The work in the folder is saved on the branch that it belongs to, where that has not moved yet.
    const isOnIt = branchOf(checkout.gitDir) === branch;
    const [work, placed] = await Promise.all([rescuing, isOnIt ? rescuing.then(placing) : placing()]);
    await attachHead(checkout, branch);
    const rescued = [...(work.rescued === null ? [] : [work.rescued]), ...placed.rescued];
    const leased = { ...checkout, number, branch, commit: placed.commit, rescued };
    return [leased, await bringTo(checkout, placed.commit, { ...pool, look: work.look })] as const;
  });
  return complete(pool, lease, links);
}

/** For gates: what an earlier one left there is thrown away. @param wanted `files` is the tree to show */
export async function leaseGateCheckout(
  pool: PoolContext,
  { name, commit, files }: { name: string; commit: string; files: string },
): Promise<GateCheckout> {
  const checkout = await register(pool, { kind: "gates", name, commit });
  const links = await pool.filling(async () => {
    if (headOf(checkout.gitDir) !== commit) await detachHead(checkout, commit);
    return bringTo(checkout, files, { ...pool, look: await lookAtCheckout(checkout, pool.quiet) });
  });
  return complete(pool, { ...checkout, commit }, links);
}

/** Null where it is gone or on another branch. */
export async function resumeWorktree(
  pool: PoolContext,
  { number, branch }: { number: number; branch: string },
): Promise<Worktree | null> {
  const path = pathOf(pool, number);
  const gitDir = await findAdminFolder(pool.repo, path);
  if (gitDir === null || !isFolder(path) || !isIntact(pool.repo, gitDir)) return null;
  if (branchOf(gitDir) !== branch) return null;
  return { name: String(number), number, path, gitDir, branch };
}

/** @returns rescue refs of what gave way */
export async function checkoutTree(
  pool: PoolContext,
  worktree: Worktree,
  { tree, head }: { tree: string; head: string },
): Promise<string[]> {
  const { branch } = worktree;
  const { rescued, look } = await rescue(pool, worktree);
  const placed = await placeBranch(pool.repo, { branch, commit: head, exactly: true, at: pool.now() });
  await attachHead(worktree, branch);
  await pool.filling(() => bringTo(worktree, tree, { ...pool, look }));
  return [...(rescued === null ? [] : [rescued]), ...placed.rescued];
}

/** @returns the rescue ref of unsaved work, or null */
export async function discardWorktree(pool: PoolContext, worktree: Worktree): Promise<string | null> {
  const { rescued } = await rescue(pool, worktree);
  const commit = await resolveCommit(pool.repo, `refs/heads/${worktree.branch}`);
  if (commit !== null) await detachHead(worktree, commit);
  return rescued;
}

async function rescue(pool: PoolContext, checkout: Checkout): Promise<Rescue> {
  return rescueWork(checkout, await lookAtCheckout(checkout, pool.quiet), pool);
}

async function complete<T extends Checkout & { commit: string }>(
  pool: PoolContext,
  checkout: T,
  links: readonly string[],
): Promise<T & { submodules: SubmoduleState }> {
  return { ...checkout, submodules: await fillSubmodules(checkout, { ...pool, links }) };
}
