import { bringTo } from "../checkouts/bring-to.ts";
import { restoreCheckout } from "../checkouts/checkout-files.ts";
import { refreshIndex } from "../checkouts/known-indexes.ts";
import { takeSnapshot } from "../snapshots/snapshot.ts";
import type { Snapshot, SnapshotOptions } from "../snapshots/snapshot.ts";
import type { Checkout, GateCheckout, Lease, Worktree } from "../worktree.ts";
import { isFolder } from "./admin-folder.ts";
import {
  checkoutTree,
  discardWorktree,
  leaseGateCheckout,
  leaseWorktree,
  resumeWorktree,
} from "./lease-worktree.ts";
import { openPool, pathOf, register, type PoolContext, type PoolOptions } from "./pool-context.ts";
import { createPreparations } from "./preparations.ts";
import { pruneWorktrees, removeWorktree } from "./remove-worktree.ts";

/**
 * The worktrees of a repository's runs, at `<home>/worktrees/<number>` and `<home>/gates/<name>`. They are used again
 * and again: resetting one is many times faster than adding one. Different numbers may be worked on at once.
 */
export type WorktreePool = {
  /**
   * Makes a worktree that is not there yet, so that a lease of its number finds it. One at a time and beside everything else;
   * a lease of the number itself waits for what has begun. Nothing where there is a folder of that number.
   */
  prepare: (wanted: { number: number; commit: string }) => Promise<void>;
  /** Leaves what is prepared as it is; resolves when nothing is being prepared any more. */
  stopPreparing: () => Promise<void>;
  /** A worktree at the branch, made or recycled; its folder is repaired if need be, and nothing dirty is lost. */
  lease: (wanted: { number: number; branch: string; commit: string }) => Promise<Lease>;
  /** The worktree as an attempt left it, or null when it is gone or on another branch. */
  resume: (wanted: { number: number; branch: string }) => Promise<Worktree | null>;
  /** See `takeSnapshot`. */
  snapshot: (worktree: Worktree, options: SnapshotOptions) => Promise<Snapshot | null>;
  /**
   * Puts the files of `tree` (a tree, maybe with conflict markers, or a commit) in the folder, and the branch at `head`.
   * @returns rescue refs of what gave way.
   */
  checkoutTree: (worktree: Worktree, to: { tree: string; head: string }) => Promise<string[]>;
  /** Gives the worktree back: unsaved work is saved, the branch is let go of. @returns the rescue ref or null. */
  discard: (worktree: Worktree) => Promise<string | null>;
  /** Removes the folder and its record. @returns the rescue ref of unsaved work, or null. */
  remove: (number: number) => Promise<string | null>;
  /** Forgets worktrees of this pool whose folders are gone. @returns their numbers and names. */
  prune: () => Promise<string[]>;
  /**
   * A checkout of exactly this commit, for gates: what an earlier gate left there is thrown away.
   * `files` is a tree to show instead of the commit's.
   */
  leaseDetached: (wanted: { name: string; commit: string; files?: string }) => Promise<GateCheckout>;
  /** See `restoreCheckout`. */
  restore: (checkout: Checkout, commit: string) => Promise<void>;
};

export function createWorktreePool(options: PoolOptions): WorktreePool {
  const preparations = createPreparations();
  /** Numbers that were asked for: even where there is no folder yet, it is not for a preparation to make. */
  const leased = new Set<number>();
  const opened = once(() => openPool(options));
  return {
    prepare: ({ number, commit }) => {
      let checkout: Checkout | null = null;
      return preparations.add(number, {
        make: async () => {
          const pool = await opened();
          if (leased.has(number) || isFolder(pathOf(pool, number))) return false;
          checkout = await register(pool, { kind: "worktrees", name: String(number), commit });
          await bringTo(checkout, commit, { ...pool, look: { type: "empty" } });
          return true;
        },
        settle: async () => {
          if (checkout !== null) await refreshIndex(checkout, await opened());
        },
      });
    },
    stopPreparing: preparations.stopAll,
    lease: async (wanted) => {
      leased.add(wanted.number);
      await preparations.stop(wanted.number);
      return leaseWorktree(await opened(), wanted);
    },
    resume: async (wanted) => resumeWorktree(await opened(), wanted),
    snapshot: async (worktree, how) => takeSnapshot(worktree, how, await opened()),
    checkoutTree: async (worktree, to) => checkoutTree(await opened(), worktree, to),
    discard: async (worktree) => discardWorktree(await opened(), worktree),
    remove: async (number) => {
      const rescued = await removeWorktree(await opened(), number);
      leased.delete(number);
      return rescued;
    },
    prune: async () => pruneWorktrees(await opened()),
    leaseDetached: async ({ name, commit, files = commit }) =>
      leaseGateCheckout(await opened(), { name, commit, files }),
    restore: async (checkout, commit) => {
      const { indexes, quiet } = await opened();
      const known = indexes.of(checkout);
      await restoreCheckout(checkout, commit, quiet);
      if (known?.tree === commit) indexes.note(checkout, known);
    },
  };
}

function once(open: () => Promise<PoolContext>): () => Promise<PoolContext> {
  let opened: Promise<PoolContext> | undefined;
  return () => (opened ??= open());
}
