import { folderMode, orderName, readTree, textOf, type TreeEntry } from "./read-trees.ts";
import type { Repository } from "../repository.ts";
import { treeOf } from "./tree-of.ts";

export type ChangeStatus = "added" | "modified" | "deleted";

/** One path that differs. A rename is a deletion and an addition; a file that became a symlink is modified. */
export type TreeChange = {
  path: string;
  status: ChangeStatus;
  /** Octal, as git has it: 100644, 100755, 120000 (symlink), 160000 (gitlink), 000000 (absent). */
  oldMode: string;
  newMode: string;
  /** All zeros where it is absent. */
  oldId: string;
  newId: string;
};

type Pair = { before: TreeEntry | null; after: TreeEntry | null };

/** Compares two trees or commits, in git's order. Bytes of a name that are not UTF-8 become U+FFFD. */
export async function diffTrees(
  repo: Repository,
  { from, to }: { from: string; to: string },
): Promise<TreeChange[]> {
  const [before, after] = await Promise.all([from, to].map((name) => treeOf(repo, name)));
  return diffFolders(repo, { before: before ?? "", after: after ?? "", folder: "" });
}

/** Only folders that differ are read. @param folders ids of trees, empty where there is none; `folder` with a slash at its end */
async function diffFolders(
  repo: Repository,
  { before, after, folder }: { before: string; after: string; folder: string },
): Promise<TreeChange[]> {
  if (before === after) return [];
  const [old, young] = await Promise.all(
    [before, after].map(async (id) => (id === "" ? [] : readTree(repo, id))),
  );
  const pairs = pairsOf(old ?? [], young ?? []);
  const changes = pairs.map(async (pair): Promise<TreeChange[]> => {
    const entry = pair.before ?? pair.after;
    if (entry === null) return [];
    if (entry.mode !== folderMode) return [changeOf(pair, folder + entry.name)];
    const [from = "", to = ""] = [pair.before?.id, pair.after?.id];
    return diffFolders(repo, { before: from, after: to, folder: `${folder}${entry.name}/` });
  });
  return (await Promise.all(changes)).flat();
}

/** What differs. Both are in git's order. A folder and a file of one name are two. */
function pairsOf(old: readonly TreeEntry[], young: readonly TreeEntry[]): Pair[] {
  const pairs: Pair[] = [];
  for (let at = 0, to = 0; at < old.length || to < young.length;) {
    const before = old[at] ?? null;
    const after = young[to] ?? null;
    if (before !== null && after !== null && isSame(before, after)) {
      at += 1;
      to += 1;
      continue;
    }
    const order = before === null ? 1 : after === null ? -1 : compareNames(before, after);
    pairs.push({ before: order <= 0 ? before : null, after: order >= 0 ? after : null });
    if (order <= 0) at += 1;
    if (order >= 0) to += 1;
  }
  return pairs;
}

function compareNames(one: TreeEntry, other: TreeEntry): number {
  const [a, b] = [orderName(one), orderName(other)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function isSame(one: TreeEntry, other: TreeEntry): boolean {
  return one.name === other.name && one.id === other.id && one.mode === other.mode;
}

function changeOf({ before, after }: Pair, latin1: string): TreeChange {
  const none = { mode: "000000", id: "0".repeat((before ?? after)?.id.length ?? 0) };
  const [old, young] = [before ?? none, after ?? none];
  return {
    path: textOf(latin1),
    status: before === null ? "added" : after === null ? "deleted" : "modified",
    oldMode: old.mode,
    newMode: young.mode,
    oldId: old.id,
    newId: young.id,
  };
}
