import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { alternatesOf, minimalConfig, readText } from "./git-view.ts";
import type { CopiedRefs, KnownRefs } from "./known-refs.ts";

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
 * Fills `folder`, which is empty, with what git needs to commit, branch and stash at will: refs as they are now, in one file
 * however many there are, the worktree's HEAD and index, and the repository's objects as a place to read from. Nothing in it is ever read again by
 * anybody outside: what counts of an attempt is the files. Null where refs are kept in a form that cannot be copied so.
 */
export async function makePrivateGit(
  common: string,
  { worktree, folder, refs }: { worktree: string; folder: string; refs: KnownRefs },
): Promise<PrivateGit | null> {
  const config = readText(join(common, "config"));
  if (/refstorage\s*=\s*"?reftable/i.test(config)) return null;
  const own = join(folder, "worktrees", basename(worktree));
  // Small things at once: to wait for one takes longer than to do it.
  for (const path of ["objects/info", "objects/pack", "info", "refs"])
    mkdirSync(join(folder, path), { recursive: true });
  mkdirSync(own, { recursive: true });
  writeRefs(folder, refs.read(common));
  for (const name of ["shallow", "info/exclude", "info/attributes"])
    copyIfThere(join(common, name), join(folder, name));
  for (const name of ["HEAD", "gitdir", "commondir"]) copyIfThere(join(worktree, name), join(own, name));
  // The only one that may be large.
  await copyFile(join(worktree, "index"), join(own, "index")).catch(orGone);
  // Nobody has a checkout there, so no branch is in use but the worktree's own.
  writeFileSync(join(folder, "HEAD"), "ref: refs/heads/nobody\n");
  writeFileSync(join(folder, "config"), `${minimalConfig(config)}${settings}`);
  const objects = [join(common, "objects"), ...alternatesOf(common)].map((from, index) => ({
    from,
    at: `${objectsAt}/${index}`,
  }));
  writeFileSync(join(folder, "objects/info/alternates"), objects.map(({ at }) => `${at}\n`).join(""));
  return { folder, common, objects };
}

function writeRefs(folder: string, { packed, files }: CopiedRefs): void {
  writeFileSync(join(folder, "packed-refs"), packed, "latin1");
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, "latin1");
  }
}

function copyIfThere(from: string, to: string): void {
  try {
    copyFileSync(from, to);
  } catch (error) {
    orGone(error);
  }
}

function orGone(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
}
