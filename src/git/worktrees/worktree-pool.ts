import { mkdir, realpath } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { createLimit } from "../../sys/limit.ts";
import { removeTree } from "../../sys/remove-tree.ts";
import {
  branchOf,
  headOf,
  ensureRegistered,
  findAdminFolder,
  isFolder,
  isIntact,
  listAdminFolders,
} from "./admin-folder.ts";
import { diffTrees, type TreeChange } from "../objects/diff-trees.ts";
import { fillCheckout, restoreCheckout } from "../checkouts/checkout-files.ts";
import { checkoutPlace } from "../checkouts/checkout-place.ts";
import { changeLinks, fillSubmodules, listGitlinks } from "../checkouts/gitlinks.ts";
import { ignoreKeptFolders } from "../installs/kept-folders.ts";
import { createKnownIndexes, refreshIndex, type KnownIndexes } from "../checkouts/known-indexes.ts";
import { lookAtCheckout, type Look } from "../checkouts/look-at-checkout.ts";
import { createPreparations } from "./preparations.ts";
import { quietConfig } from "../processes/quiet-config.ts";
import { resolveCommit } from "../objects/read-commits.ts";
import type { Repository } from "../repository.ts";
import { rescueWork, type Rescue } from "./rescue-work.ts";
import { takeSnapshot } from "../snapshots/snapshot.ts";
import type { Snapshot, SnapshotOptions } from "../snapshots/snapshot.ts";
import { placeBranch, type Placed } from "../refs/task-branch.ts";
import { attachHead, detachHead } from "./worktree-head.ts";
import type { Checkout, GateCheckout, Lease, SubmoduleState, Worktree } from "../worktree.ts";

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

type PoolOptions = { repo: Repository; home: string; now?: () => number };

type Context = {
  repo: Repository;
  home: string;
  quiet: readonly string[];
  indexes: KnownIndexes;
  now: () => number;
};

export function createWorktreePool({ repo, home, now = Date.now }: PoolOptions): WorktreePool {
  // Git keeps the list of worktrees and the config in plain files: one writer. Files are filled outside of it.
  const alone = createLimit(1);
  const filling = createLimit(availableParallelism());
  const preparations = createPreparations();
  /** Numbers that were asked for: even where there is no folder yet, it is not for a preparation to make. */
  const leased = new Set<number>();
  const indexes = createKnownIndexes();
  const contextOf = once(async (): Promise<Context> => ({ repo, indexes, now, ...(await open(repo, home)) }));

  async function register(kind: "worktrees" | "gates", name: string, commit: string): Promise<Checkout> {
    const path = join((await contextOf()).home, kind, name);
    return { name, path, gitDir: await alone(() => ensureRegistered(repo, { path, commit })) };
  }

  const look = async (checkout: Checkout): Promise<Look> =>
    lookAtCheckout(checkout, (await contextOf()).quiet);

  const rescue = async (checkout: Checkout): Promise<Rescue> =>
    rescueWork(checkout, await look(checkout), await contextOf());

  /** Null where one of them is gone: a person may prune objects. */
  async function changesBetween(from: string, to: string): Promise<TreeChange[] | null> {
    return from === to ? [] : diffTrees(repo, { from, to }).catch(() => null);
  }

  /** @returns the links in the tree */
  async function fill(checkout: Checkout, tree: string, found: Look): Promise<readonly string[]> {
    const { quiet } = await contextOf();
    const known = await indexes.of(checkout);
    const changes = known === null ? null : await changesBetween(known.tree, tree);
    await fillCheckout(checkout, tree, { quiet, look: found, changes });
    const links =
      known === null || changes === null
        ? await listGitlinks(checkoutPlace(checkout, quiet))
        : changeLinks(known.links, changes);
    await indexes.note(checkout, { tree, links });
    return links;
  }

  async function complete<T extends Checkout & { commit: string }>(
    checkout: T,
    links: readonly string[],
  ): Promise<T & { submodules: SubmoduleState }> {
    const { quiet } = await contextOf();
    return { ...checkout, submodules: await fillSubmodules(checkout, { repo, quiet, alone, links }) };
  }

  return {
    prepare: ({ number, commit }) => {
      let checkout: Checkout | null = null;
      return preparations.add(number, {
        make: async () => {
          const path = join((await contextOf()).home, "worktrees", String(number));
          if (leased.has(number) || (await isFolder(path))) return false;
          checkout = await register("worktrees", String(number), commit);
          await fill(checkout, commit, { type: "empty" });
          return true;
        },
        settle: async () => {
          if (checkout !== null) await refreshIndex(checkout, await contextOf());
        },
      });
    },

    stopPreparing: preparations.stopAll,

    lease: async ({ number, branch, commit }) => {
      leased.add(number);
      await preparations.stop(number);
      const checkout = await register("worktrees", String(number), commit);
      const [lease, links] = await filling(async () => {
        const placing = (): Promise<Placed> =>
          placeBranch(repo, { branch, commit, exactly: false, at: now() });
        const rescuing = rescue(checkout);
        // The work in the folder is saved on the branch that it belongs to, where that has not moved yet.
        const isOnIt = (await branchOf(checkout.gitDir)) === branch;
        const [work, placed] = await Promise.all([rescuing, isOnIt ? rescuing.then(placing) : placing()]);
        await attachHead(checkout, branch);
        const rescued = [...(work.rescued === null ? [] : [work.rescued]), ...placed.rescued];
        const leased = { ...checkout, number, branch, commit: placed.commit, rescued };
        return [leased, await fill(checkout, placed.commit, work.look)] as const;
      });
      return complete(lease, links);
    },

    resume: async ({ number, branch }) => {
      const path = join((await contextOf()).home, "worktrees", String(number));
      const gitDir = await findAdminFolder(repo, path);
      if (gitDir === null || !(await isFolder(path)) || !(await isIntact(repo, gitDir))) return null;
      if ((await branchOf(gitDir)) !== branch) return null;
      return { name: String(number), number, path, gitDir, branch };
    },

    snapshot: async (worktree, options) => takeSnapshot(worktree, options, await contextOf()),

    checkoutTree: async (worktree, { tree, head }) => {
      const { rescued, look: found } = await rescue(worktree);
      const { branch } = worktree;
      const placed = await placeBranch(repo, { branch, commit: head, exactly: true, at: now() });
      await attachHead(worktree, branch);
      await filling(() => fill(worktree, tree, found));
      return [...(rescued === null ? [] : [rescued]), ...placed.rescued];
    },

    discard: async (worktree) => {
      const { rescued } = await rescue(worktree);
      const commit = await resolveCommit(repo, `refs/heads/${worktree.branch}`);
      if (commit !== null) await detachHead(worktree, commit);
      return rescued;
    },

    remove: async (number) => {
      const path = join((await contextOf()).home, "worktrees", String(number));
      const commit = await resolveCommit(repo, "HEAD");
      let rescued: string | null = null;
      if (commit !== null && (await isFolder(path))) {
        const checkout = await register("worktrees", String(number), commit);
        ({ rescued } = await rescue(checkout));
      }
      await alone(async () => {
        const gitDir = await findAdminFolder(repo, path);
        await removeTree(path);
        if (gitDir !== null) await removeTree(gitDir);
      });
      leased.delete(number);
      return rescued;
    },

    prune: () =>
      alone(async () => {
        const { home: folder } = await contextOf();
        const ours = ["worktrees", "gates"].map((kind) => listAdminFolders(repo, join(folder, kind)));
        const removed: string[] = [];
        for (const { gitDir, path } of (await Promise.all(ours)).flat()) {
          if (await isFolder(path)) continue;
          await removeTree(gitDir);
          removed.push(basename(path));
        }
        return removed;
      }),

    leaseDetached: async ({ name, commit, files = commit }) => {
      const checkout = await register("gates", name, commit);
      const links = await filling(async () => {
        if ((await headOf(checkout.gitDir)) !== commit) await detachHead(checkout, commit);
        return fill(checkout, files, await look(checkout));
      });
      return complete({ ...checkout, commit }, links);
    },

    restore: async (checkout, commit) => {
      const known = await indexes.of(checkout);
      await restoreCheckout(checkout, commit, (await contextOf()).quiet);
      if (known?.tree === commit) await indexes.note(checkout, known);
    },
  };
}

async function open(repo: Repository, folder: string): Promise<Pick<Context, "home" | "quiet">> {
  await mkdir(folder, { recursive: true });
  // Git records real paths, and a worktree is recognised by its record.
  const home = await realpath(folder);
  return { home, quiet: [...(await quietConfig(repo)), await ignoreKeptFolders(repo, join(home, "ignore"))] };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
