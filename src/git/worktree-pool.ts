import { mkdir, realpath } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { createLimit } from "../sys/limit.ts";
import { removeTree } from "../sys/remove-tree.ts";
import {
  branchOf,
  headOf,
  ensureRegistered,
  findAdminFolder,
  isFolder,
  isIntact,
  listAdminFolders,
} from "./admin-folder.ts";
import { checkoutPlace, fillCheckout, restoreCheckout } from "./checkout-files.ts";
import { fillSubmodules } from "./gitlinks.ts";
import { ignoreKeptFolders } from "./kept-folders.ts";
import { quietConfig } from "./quiet-config.ts";
import { resolveCommit } from "./read-commits.ts";
import type { Repository } from "./repository.ts";
import { rescueWork } from "./rescue-work.ts";
import { runGit } from "./run-git.ts";
import { takeSnapshot } from "./snapshot.ts";
import type { Snapshot, SnapshotOptions } from "./snapshot.ts";
import { placeBranch } from "./task-branch.ts";
import type { Checkout, GateCheckout, Lease, Worktree } from "./worktree.ts";

/**
 * The worktrees of a repository's runs, at `<home>/worktrees/<number>` and `<home>/gates/<name>`. They are used again
 * and again: resetting one is many times faster than adding one. Different numbers may be worked on at once.
 */
export type WorktreePool = {
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
  /** A checkout of exactly this commit, for gates: what an earlier gate left there is thrown away. */
  leaseDetached: (wanted: { name: string; commit: string }) => Promise<GateCheckout>;
  /** See `restoreCheckout`. */
  restore: (checkout: Checkout, commit: string) => Promise<void>;
};

type PoolOptions = { repo: Repository; home: string; now?: () => number };

export function createWorktreePool({ repo, home, now = Date.now }: PoolOptions): WorktreePool {
  // Git keeps the list of worktrees and the config in plain files: one writer. Files are filled outside of it.
  const alone = createLimit(1);
  const filling = createLimit(availableParallelism());
  const prepared = once(() => prepare(repo, home));

  async function contextOf(): Promise<{ repo: Repository; quiet: readonly string[]; now: () => number }> {
    return { repo, quiet: (await prepared()).quiet, now };
  }

  async function register(kind: "worktrees" | "gates", name: string, commit: string): Promise<Checkout> {
    const path = join((await prepared()).home, kind, name);
    return { name, path, gitDir: await alone(() => ensureRegistered(repo, { path, commit })) };
  }

  async function fill<T extends Checkout>(checkout: T & { commit: string }): Promise<GateCheckout & T> {
    const { quiet } = await contextOf();
    await filling(() => fillCheckout(checkout, checkout.commit, quiet));
    return { ...checkout, submodules: await fillSubmodules(checkout, { repo, quiet, alone }) };
  }

  async function setHead(checkout: Checkout, args: readonly string[]): Promise<void> {
    await runGit(checkoutPlace(checkout, []), args);
  }

  const detach = (checkout: Checkout, commit: string): Promise<void> =>
    setHead(checkout, ["update-ref", "--no-deref", "HEAD", commit]);
  const attach = (checkout: Checkout, branch: string): Promise<void> =>
    setHead(checkout, ["symbolic-ref", "HEAD", `refs/heads/${branch}`]);

  return {
    lease: async ({ number, branch, commit }) => {
      const checkout = await register("worktrees", String(number), commit);
      const work = await rescueWork(checkout, await contextOf());
      const placed = await placeBranch(repo, { branch, commit, exactly: false, at: now() });
      await attach(checkout, branch);
      const rescued = [...(work === null ? [] : [work]), ...placed.rescued];
      return { ...(await fill({ ...checkout, number, branch, commit: placed.commit })), rescued };
    },

    resume: async ({ number, branch }) => {
      const path = join((await prepared()).home, "worktrees", String(number));
      const gitDir = await findAdminFolder(repo, path);
      if (gitDir === null || !(await isFolder(path)) || !(await isIntact(repo, gitDir))) return null;
      if ((await branchOf(gitDir)) !== branch) return null;
      return { name: String(number), number, path, gitDir, branch };
    },

    snapshot: async (worktree, options) => takeSnapshot(worktree, options, await contextOf()),

    checkoutTree: async (worktree, { tree, head }) => {
      const context = await contextOf();
      const work = await rescueWork(worktree, context);
      const { branch } = worktree;
      const placed = await placeBranch(repo, { branch, commit: head, exactly: true, at: now() });
      await attach(worktree, branch);
      await filling(() => fillCheckout(worktree, tree, context.quiet));
      return [...(work === null ? [] : [work]), ...placed.rescued];
    },

    discard: async (worktree) => {
      const rescued = await rescueWork(worktree, await contextOf());
      const commit = await resolveCommit(repo, `refs/heads/${worktree.branch}`);
      if (commit !== null) await detach(worktree, commit);
      return rescued;
    },

    remove: async (number) => {
      const path = join((await prepared()).home, "worktrees", String(number));
      const commit = await resolveCommit(repo, "HEAD");
      let rescued: string | null = null;
      if (commit !== null && (await isFolder(path))) {
        const checkout = await register("worktrees", String(number), commit);
        rescued = await rescueWork(checkout, await contextOf());
      }
      await alone(async () => {
        const gitDir = await findAdminFolder(repo, path);
        await removeTree(path);
        if (gitDir !== null) await removeTree(gitDir);
      });
      return rescued;
    },

    prune: () =>
      alone(async () => {
        const { home: folder } = await prepared();
        const ours = ["worktrees", "gates"].map((kind) => listAdminFolders(repo, join(folder, kind)));
        const removed: string[] = [];
        for (const { gitDir, path } of (await Promise.all(ours)).flat()) {
          if (await isFolder(path)) continue;
          await removeTree(gitDir);
          removed.push(basename(path));
        }
        return removed;
      }),

    leaseDetached: async ({ name, commit }) => {
      const checkout = await register("gates", name, commit);
      if ((await headOf(checkout.gitDir)) !== commit) await detach(checkout, commit);
      return fill({ ...checkout, commit });
    },

    restore: async (checkout, commit) => restoreCheckout(checkout, commit, (await contextOf()).quiet),
  };
}

async function prepare(repo: Repository, folder: string): Promise<{ home: string; quiet: string[] }> {
  await mkdir(folder, { recursive: true });
  // Git records real paths, and a worktree is recognised by its record.
  const home = await realpath(folder);
  return { home, quiet: [...(await quietConfig(repo)), await ignoreKeptFolders(repo, join(home, "ignore"))] };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
