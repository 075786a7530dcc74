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
  for (const path of files) {
    const first = path.indexOf("/") + 1;
    if (first === 0) continue;
    const second = path.indexOf("/", first) + 1;
    for (const end of second === 0 ? [first] : [first, second]) {
      const folder = path.slice(0, end);
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
  }
  return counts;
}

/** The folder of a path or glob with a slash at its end; empty for the root. */
function folderOf(touch: string): string {
  const fixed = touch.replace(/^\.\//, "").split(/[*?[{]/, 1)[0] ?? "";
  return fixed.slice(0, fixed.lastIndexOf("/") + 1);
}

function capped(items: readonly string[], most: number): string[] {
  return items.length <= most ? [...items] : [...items.slice(0, most), `… and ${items.length - most} more`];
}
