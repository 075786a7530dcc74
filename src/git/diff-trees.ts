import { readGit } from "./read-git.ts";
import type { Repository } from "./repository.ts";

export type ChangeStatus = "added" | "modified" | "deleted";

/** One path that differs. A rename is a deletion and an addition; a file that became a symlink is modified. */
export type TreeChange = {
  path: string;
  status: ChangeStatus;
  /** Octal, as git has it: 100644, 100755, 120000 (symlink), 160000 (gitlink), 000000 (absent). */
  oldMode: string;
  newMode: string;
  newId: string;
};

const statuses: Readonly<Record<string, ChangeStatus>> = { A: "added", D: "deleted" };

/** Compares two trees or commits. Bytes of a name that are not UTF-8 become U+FFFD. */
export async function diffTrees(
  repo: Repository,
  range: { from: string; to: string },
): Promise<TreeChange[]> {
  const args = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", range.from, range.to, "--"];
  const fields = (await readGit(repo.root, args)).split("\0");
  const changes: TreeChange[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [oldMode = "", newMode = "", , newId = "", letter = ""] = (fields[at] ?? "").slice(1).split(" ");
    changes.push({
      path: fields[at + 1] ?? "",
      status: statuses[letter] ?? "modified",
      oldMode,
      newMode,
      newId,
    });
  }
  return changes;
}
