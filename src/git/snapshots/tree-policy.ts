import { AgentxError } from "../../core/error.ts";
import { diffTrees } from "../objects/diff-trees.ts";
import type { TreeChange } from "../objects/diff-trees.ts";
import { readObject, requireObject } from "../objects/read-objects.ts";
import type { Repository } from "../repository.ts";
import { maxBlobBytes } from "./unsaved-files.ts";
import { namesGitFolder, staysInTree } from "./tree-name.ts";

const absent = "000000";
const symlink = "120000";
const gitlink = "160000";

type Violation = { path: string; what: string };

/**
 * Refuses a tree from a worker that could do harm where it is checked out; only what differs from `from` is looked at.
 * @returns what differs.
 * @throws AgentxError TREE_REFUSED with every violation: nested repositories (gitlinks), symlinks that leave the tree,
 * names that some system takes for `.git`, files of more than 10 MiB.
 */
export async function checkTree(
  repo: Repository,
  range: { from: string; to: string },
): Promise<TreeChange[]> {
  const changes = await diffTrees(repo, range);
  const present = changes.filter(({ newMode }) => newMode !== absent);
  const violations = [
    ...present.flatMap(checkName),
    ...(await checkSymlinks(
      repo,
      present.filter(({ newMode }) => newMode === symlink),
    )),
    ...(await checkSizes(
      repo,
      present.filter(({ newMode }) => newMode.startsWith("100")),
    )),
  ];
  if (violations.length > 0) throw treeRefused(violations);
  return changes;
}

export function treeRefused(violations: readonly Violation[]): AgentxError {
  const problems = violations.map(({ path, what }) => ({ where: path, what, hint: "" }));
  return new AgentxError("TREE_REFUSED", problems);
}

function checkName({ path, oldMode, newMode }: TreeChange): Violation[] {
  const found: Violation[] = [];
  if (newMode === gitlink && oldMode !== gitlink)
    found.push({ path, what: "is a git repository of its own" });
  if (namesGitFolder(path)) found.push({ path, what: "some systems take this name for a .git folder" });
  return found;
}

async function checkSymlinks(repo: Repository, links: readonly TreeChange[]): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const { path, newId } of links) {
    const target = (await readObject(repo, newId))?.content.toString() ?? "";
    if (!staysInTree(path, target))
      found.push({ path, what: `is a symlink out of the tree, to "${target}"` });
    // Git reads these files itself and follows no link to them since 2.32; other programs do.
    else if (/(^|\/)\.git[^/]*$/i.test(path))
      found.push({ path, what: "is a symlink in the place of a git file" });
  }
  return found;
}

async function checkSizes(repo: Repository, files: readonly TreeChange[]): Promise<Violation[]> {
  const sizes = await Promise.all(files.map(({ newId }) => requireObject(repo, newId)));
  return files.flatMap(({ path }, at) => {
    const size = sizes[at]?.bytes ?? Number.NaN;
    return size <= maxBlobBytes ? [] : [tooLarge(path, size)];
  });
}

export function tooLarge(path: string, bytes: number): Violation {
  return { path, what: `has ${(bytes / 1024 / 1024).toFixed(1)} MiB; files may have 10` };
}
