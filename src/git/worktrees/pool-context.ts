import { realpath } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createLimit, type Limit } from "../../sys/limit.ts";
import { makeFolder } from "../../sys/make-folder.ts";
import { createKnownIndexes, type KnownIndexes } from "../checkouts/known-indexes.ts";
import { ignoreKeptFolders } from "../installs/kept-folders.ts";
import { quietConfig } from "../processes/quiet-config.ts";
import type { Repository } from "../repository.ts";
import type { Checkout } from "../worktree.ts";
import { ensureRegistered } from "./admin-folder.ts";

/** What all that is done in the worktrees of one pool has in common. */
export type PoolContext = {
  repo: Repository;
  /** Free of symlinks: git records real paths, and a worktree is recognised by its record. */
  home: string;
  quiet: readonly string[];
  indexes: KnownIndexes;
  now: () => number;
  /** Git keeps the list of worktrees and the config in plain files: one writer. Files are filled outside of it. */
  alone: Limit;
  filling: Limit;
};

export type PoolOptions = { repo: Repository; home: string; now?: () => number };

export async function openPool({ repo, home: folder, now = Date.now }: PoolOptions): Promise<PoolContext> {
  await makeFolder(folder);
  const home = await realpath(folder);
  const [quiet, ignore] = await Promise.all([
    quietConfig(repo),
    ignoreKeptFolders(repo, join(home, "ignore")),
  ]);
  return {
    repo,
    home,
    quiet: [...quiet, ignore],
    indexes: createKnownIndexes(),
    now,
    alone: createLimit(1),
    filling: createLimit(availableParallelism()),
  };
}

/** The path of a worktree, which is there or is not. */
export function pathOf({ home }: PoolContext, number: number): string {
  return join(home, "worktrees", String(number));
}

/** Makes sure that git knows a checkout of this pool. */
export async function register(
  { repo, home, alone }: PoolContext,
  { kind, name, commit }: { kind: "worktrees" | "gates"; name: string; commit: string },
): Promise<Checkout> {
  const path = join(home, kind, name);
  return { name, path, gitDir: await alone(() => ensureRegistered(repo, { path, commit })) };
}
