/** At a folder the first of these that exists is read. */
const names = ["AGENTS.md", "CLAUDE.md"] as const;

/**
 * The instruction files that hold for some paths: the root's and those of every folder on the way to a path, root
 * first. In one folder AGENTS.md is preferred to CLAUDE.md.
 * @param touches paths or globs relative to the root; a glob counts down to its first wildcard
 * @param files every path of the repository
 */
export function agentsFilesFor(touches: readonly string[], files: readonly string[]): string[] {
  const folders = new Set([""]);
  for (const touch of touches) for (const folder of foldersOf(touch)) folders.add(folder);
  const choices = [...folders]
    .toSorted((a, b) => depthOf(a) - depthOf(b) || (a < b ? -1 : 1))
    .map((folder) => names.map((name) => folder + name));
  const wanted = new Set(choices.flat());
  // A set of all files would be as large as their list, for each worker.
  const known = new Set(files.filter((path) => wanted.has(path)));
  return choices.flatMap((paths) => paths.find((path) => known.has(path)) ?? []);
}

/** `a/b/*.ts` → `a/`, `a/b/`. A last part without a wildcard may be a folder as well, so it counts as one. */
function foldersOf(touch: string): string[] {
  const parts = touch.replace(/^\.?\//, "").split("/");
  const wild = parts.findIndex((part) => /[*?[{]/.test(part));
  const fixed = (wild === -1 ? parts : parts.slice(0, wild)).filter((part) => part !== "" && part !== ".");
  return fixed.map((_, index) => `${fixed.slice(0, index + 1).join("/")}/`);
}

function depthOf(folder: string): number {
  return folder.split("/").length;
}
