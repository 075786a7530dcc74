import { createHash } from "node:crypto";
import { lstat, mkdtemp, readdir, readFile, realpath, rename, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeFileAtomic } from "../../sys/atomic-write.ts";
import { copyTree } from "../../sys/copy-tree.ts";
import { effect } from "../../sys/failpoint.ts";
import { makeFolder } from "../../sys/make-folder.ts";
import { removeTree } from "../../sys/remove-tree.ts";
import { madeBesides } from "./made-besides.ts";
import { findInstalls, removeInstalls } from "./sealed-installs.ts";
import type { Checkout } from "../worktree.ts";

type Place = Pick<Checkout, "path" | "gitDir">;

/** @property key all that an install depends on: lock files, set-up command, tools */
export type Share = { folder: string; key: string };

/** A lock file changes now and then; more than these would only fill the disk. */
const maxShared = 4;

/** Names what is in the folder, which is moved to its place when it is whole. */
const markerName = "whole.json";

/**
 * Puts what is shared for this key into a checkout that has nothing installed, as files of its own: no write in it reaches
 * another checkout. Links stay as they are, so a workspace's lead to this checkout's own packages.
 * @returns false where nothing is shared, or the checkout has no place for it
 */
export async function takeInstalls(checkout: Place, share: Share): Promise<boolean> {
  const from = folderOf(share);
  const paths = await readMarker(from);
  if (paths === null || !(await havePlaces(checkout, paths))) return false;
  try {
    for (const [index, path] of paths.entries())
      await copyTree(join(from, String(index)), join(checkout.path, path));
    const now = new Date();
    // Its age is the time since its last use.
    await utimes(from, now, now);
    return true;
  } catch (error) {
    if ((await readMarker(from)) !== null) throw error;
    // Another checkout, or `agentx clean`, has made room meanwhile.
    await removeInstalls(checkout);
    return false;
  }
}

/**
 * Keeps a copy of what a set-up has installed for checkouts to come. Nothing is kept where a copy could not stand for the
 * set-up: it has made more than kept folders, or something in them names this checkout's folder.
 */
export async function shareInstalls(checkout: Place, share: Share): Promise<void> {
  const paths = await findInstalls(checkout);
  if (
    paths.length === 0 ||
    (await madeBesides(checkout)).length > 0 ||
    (await nameTheirPlace(checkout, paths))
  )
    return;
  const to = folderOf(share);
  await makeFolder(share.folder, 0o700);
  const fresh = await mkdtemp(`${to}.`);
  for (const [index, path] of paths.entries())
    await copyTree(join(checkout.path, path), join(fresh, String(index)));
  await writeFileAtomic(join(fresh, markerName), JSON.stringify(paths));
  if ((await readMarker(to)) === null) await removeTree(to);
  // Refused where another checkout was quicker: then its copy is the one.
  await effect("file.rename", () => rename(fresh, to)).catch(async (error: NodeJS.ErrnoException) => {
    await removeTree(fresh);
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
  });
  await removeOldest(share.folder);
}

function folderOf({ folder, key }: Share): string {
  return join(folder, createHash("sha256").update(key).digest("hex").slice(0, 32));
}

async function readMarker(folder: string): Promise<string[] | null> {
  const text = await readFile(join(folder, markerName), "utf8").catch(() => null);
  return text === null ? null : (JSON.parse(text) as string[]);
}

/** Real folders all the way, and nothing at its end: a worker's link in the place of one would lead the copy elsewhere. */
async function havePlaces({ path: root }: Place, paths: readonly string[]): Promise<boolean> {
  const real = await realpath(root);
  for (const path of paths) {
    const parent = dirname(path);
    if ((await realpath(join(root, parent)).catch(() => null)) !== join(real, parent)) return false;
    if ((await lstat(join(root, path)).catch(() => null)) !== null) return false;
  }
  return true;
}

/** Scripts of a Python environment name its interpreter's place, for one; a copy's would run the first one's. */
async function nameTheirPlace({ path: root }: Place, paths: readonly string[]): Promise<boolean> {
  const { execa } = await import("execa");
  const folders = paths.map((path) => join(root, path));
  const links = await execa("find", [...folders, "-type", "l", "-lname", "/*", "-print", "-quit"]);
  if (links.stdout !== "") return true;
  const named = await execa("grep", ["-rqF", "-e", root, "--", ...folders], {
    reject: false,
    stdin: "ignore",
  });
  // 1 is grep's word for nowhere; anything else is not known to be safe.
  return named.exitCode !== 1;
}

async function removeOldest(folder: string): Promise<void> {
  const names = await readdir(folder);
  const aged = await Promise.all(
    names.map(async (name) => ({ name, usedAt: (await stat(join(folder, name))).mtimeMs })),
  );
  const old = aged.toSorted((a, b) => b.usedAt - a.usedAt).slice(maxShared);
  for (const { name } of old) await removeTree(join(folder, name));
}
