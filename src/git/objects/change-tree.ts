import type { Repository } from "../repository.ts";
import { folderMode, readTree, type TreeEntry } from "./read-trees.ts";
import { writeTree } from "./write-objects.ts";

/** Path (latin1: a character for each byte) → what is there from now on; null where nothing is. */
export type TreePaths = ReadonlyMap<string, { mode: string; id: string } | null>;

/**
 * Writes a tree that differs from another at these paths.
 * @param tree full id
 * @returns its id; null where a file and a folder would have the same name
 */
export async function changeTree(repo: Repository, tree: string, paths: TreePaths): Promise<string | null> {
  const entries = await changeFolder(repo, tree, paths);
  return entries === null ? null : writeTree(repo, entries);
}

async function changeFolder(
  repo: Repository,
  tree: string | null,
  paths: TreePaths,
): Promise<TreeEntry[] | null> {
  const old = tree === null ? [] : await readTree(repo, tree);
  const here = new Map<string, { mode: string; id: string } | null>();
  const below = new Map<string, Map<string, { mode: string; id: string } | null>>();
  for (const [path, to] of paths) {
    const slash = path.indexOf("/");
    const name = slash === -1 ? path : path.slice(0, slash);
    if (slash === -1) here.set(name, to);
    else below.set(name, (below.get(name) ?? new Map()).set(path.slice(slash + 1), to));
  }
  const isFolder = ({ mode }: TreeEntry): boolean => mode === folderMode;
  const kept = old.filter((entry) => !(isFolder(entry) ? below.has(entry.name) : here.has(entry.name)));
  const files = [...here].flatMap(([name, to]) => (to === null ? [] : [{ name, ...to }]));
  const folders = await Promise.all(
    [...below].map(async ([name, inside]) => {
      const before = old.find((entry) => entry.name === name && isFolder(entry))?.id ?? null;
      const entries = await changeFolder(repo, before, inside);
      if (entries === null) return null;
      return entries.length === 0 ? [] : [{ name, mode: folderMode, id: await writeTree(repo, entries) }];
    }),
  );
  if (folders.includes(null)) return null;
  const entries = [...kept, ...files, ...folders.flatMap((folder) => folder ?? [])];
  return new Set(entries.map(({ name }) => name)).size === entries.length ? entries : null;
}
