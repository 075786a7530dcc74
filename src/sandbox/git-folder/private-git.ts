import type { Dirent } from "node:fs";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { alternatesOf, findWorktree, minimalConfig } from "./git-view.ts";

/** A git folder of the worker's own. It takes the place of the repository's, inside, and dies with the attempt. */
export type PrivateGit = {
  /** On the host; seen at `common`, writable. */
  folder: string;
  common: string;
  /** The repository's objects, and those that it borrows, with where they are seen, read-only. */
  objects: { from: string; at: string }[];
};

const objectsAt = "/run/agentx/git-objects";

/** A worker's file is as it was checked out if its size and time are: owners look different inside. */
const settings =
  "[core]\n\tcheckStat = minimal\n\tbare = false\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n[user]\n\tname = agent\n\temail = agent@localhost\n";

/**
 * Fills `folder`, which is empty, with what git needs to commit, branch and stash at will: refs as they are now, the
 * worktree's HEAD and index, and the repository's objects as a place to read from. Nothing in it is ever read again by
 * anybody outside: what counts of an attempt is the files. Null where refs are kept in a form that cannot be copied so.
 */
export async function makePrivateGit(
  common: string,
  { root, folder }: { root: string; folder: string },
): Promise<PrivateGit | null> {
  const config = await readText(join(common, "config"));
  const worktree = await findWorktree(common, root);
  if (worktree === null || /refstorage\s*=\s*"?reftable/i.test(config)) return null;
  const own = join(folder, "worktrees", basename(worktree));
  for (const path of ["objects/info", "objects/pack", "info"])
    await mkdir(join(folder, path), { recursive: true });
  await mkdir(own, { recursive: true });
  // Before the packed ones: git packs a ref first and removes its file then.
  await copyRefs(join(common, "refs"), join(folder, "refs"));
  for (const name of ["packed-refs", "shallow", "info/exclude", "info/attributes"])
    await copyIfThere(join(common, name), join(folder, name));
  for (const name of ["HEAD", "gitdir", "commondir", "index"])
    await copyIfThere(join(worktree, name), join(own, name));
  // Nobody has a checkout there, so no branch is in use but the worktree's own.
  await writeFile(join(folder, "HEAD"), "ref: refs/heads/nobody\n");
  await writeFile(join(folder, "config"), `${minimalConfig(config)}${settings}`);
  const objects = [join(common, "objects"), ...(await alternatesOf(common))].map((from, index) => ({
    from,
    at: `${objectsAt}/${index}`,
  }));
  await writeFile(join(folder, "objects/info/alternates"), objects.map(({ at }) => `${at}\n`).join(""));
  return { folder, common, objects };
}

/** Other tasks move refs meanwhile: lock files and folders come and go, and a ref itself is only ever replaced as a whole. */
async function copyRefs(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await entriesOf(from)) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyRefs(source, target);
    else if (!entry.name.endsWith(".lock")) await copyIfThere(source, target);
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

async function copyIfThere(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function readText(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
