const maxTopFiles = 20;
const maxFolderFiles = 25;

/**
 * A repository at a glance: the files at its root, its folders two levels deep with how many files each holds, and what
 * stands in the folders that the task touches.
 * @param files every path of the repository
 */
export function describeLayout(files: readonly string[], touches: readonly string[]): string {
  const top = files.filter((path) => !path.includes("/"));
  const lines = [
    ...capped(top, maxTopFiles),
    ...[...countFolders(files)]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, count]) => `${path} (${count} ${count === 1 ? "file" : "files"})`),
  ];
  const near = [...new Set(touches.map(folderOf))].filter((folder) => folder !== "");
  for (const folder of near) {
    const inside = files.filter(
      (path) => path.startsWith(folder) && !path.slice(folder.length).includes("/"),
    );
    if (inside.length > 0)
      lines.push(
        `in ${folder}: ${capped(
          inside.map((path) => path.slice(folder.length)),
          maxFolderFiles,
        ).join(" ")}`,
      );
  }
  return lines.join("\n");
}

function countFolders(files: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  // Most files are in the folder of the one before: a repository has many, and each worker is shown it.
  let last: string[] = [];
  let alike = 0;
  const count = (): void => {
    for (const folder of last) counts.set(folder, (counts.get(folder) ?? 0) + alike);
  };
  for (const path of files) {
    if (!isIn(path, last)) {
      count();
      last = foldersOf(path);
      alike = 0;
    }
    alike += 1;
  }
  count();
  return counts;
}

/** Its outermost two folders, each with a slash at its end. */
function foldersOf(path: string): string[] {
  const first = path.indexOf("/") + 1;
  const second = path.indexOf("/", first) + 1;
  return [first, second].filter((end) => end > 0).map((end) => path.slice(0, end));
}

function isIn(path: string, folders: readonly string[]): boolean {
  const inner = folders.at(-1) ?? "";
  return path.startsWith(inner) && (folders.length === 2 || !path.includes("/", inner.length));
}

/** The folder of a path or glob with a slash at its end; empty for the root. */
function folderOf(touch: string): string {
  const fixed = touch.replace(/^\.\//, "").split(/[*?[{]/, 1)[0] ?? "";
  return fixed.slice(0, fixed.lastIndexOf("/") + 1);
}

function capped(items: readonly string[], most: number): string[] {
  return items.length <= most ? [...items] : [...items.slice(0, most), `… and ${items.length - most} more`];
}
