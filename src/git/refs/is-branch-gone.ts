import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Whether the repository whose `.git` lies in `root` surely has no such branch, by looking alone: a status starts no
 * process. False where it takes git to know: a linked checkout, or another store of refs than files.
 */
export function isBranchGone(root: string, branch: string): boolean {
  const git = join(root, ".git");
  if (!isThere(join(git, "refs/heads")) || isThere(join(git, "reftable"))) return false;
  if (isThere(join(git, "refs/heads", branch))) return false;
  return !isThere(join(git, "packed-refs")) || !isPacked(join(git, "packed-refs"), `refs/heads/${branch}`);
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isPacked(file: string, ref: string): boolean {
  return readFileSync(file, "utf8")
    .split("\n")
    .some((line) => line.endsWith(` ${ref}`));
}
