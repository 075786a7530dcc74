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
  const entries = await changeFolder(repo, tree, { paths, replaces: false });
  return entries === null ? null : writeTree(repo, entries);
}

/** As `changeTree`, but what is put there takes the place of a folder of that name, and of a file in its way. */
export async function layOverTree(repo: Repository, tree: string, paths: TreePaths): Promise<string> {
  const entries = await changeFolder(repo, tree, { paths: withoutFilesInTheWay(paths), replaces: true });
  if (entries === null) throw new Error("what is laid over a tree is in its own way");
  return writeTree(repo, entries);
}

function withoutFilesInTheWay(paths: TreePaths): TreePaths {
  const coming = [...paths].filter(([, to]) => to !== null).map(([path]) => path);
  const above = coming.flatMap((path) => [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index)));
  return new Map([...above.map((path) => [path, null] as const), ...paths]);
}

async function changeFolder(
  repo: Repository,
  tree: string | null,
  change: { paths: TreePaths; replaces: boolean },
): Promise<TreeEntry[] | null> {
  const { paths, replaces } = change;
  const old = tree === null ? [] : await readTree(repo, tree);
  const here = new Map<string, { mode: string; id: string } | null>();
  const below = new Map<string, Map<string, { mode: string; id: string } | null>>();
  for (const [path, to] of paths) {
    const slash = path.indexOf("/");
    const name = slash === -1 ? path : path.slice(0, slash);
    if (slash === -1) here.set(name, to);
    else below.set(name, (below.get(name) ?? new Map()).set(path.slice(slash + 1), to));
  }
  const gives = (name: string): boolean => replaces && here.get(name) != null;
  const kept = old.filter(({ name, mode }) =>
    mode === folderMode ? !below.has(name) && !gives(name) : !here.has(name),
  );
  const files = [...here].flatMap(([name, to]) => (to === null ? [] : [{ name, ...to }]));
  const folders = await Promise.all(
    [...below].map(async ([name, inside]) => {
      if (gives(name)) return [];
      const before = old.find((entry) => entry.name === name && entry.mode === folderMode)?.id ?? null;
      const entries = await changeFolder(repo, before, { paths: inside, replaces });
      if (entries === null) return null;
      return entries.length === 0 ? [] : [{ name, mode: folderMode, id: await writeTree(repo, entries) }];
    }),
  );
  if (folders.includes(null)) return null;
  const entries = [...kept, ...files, ...folders.flatMap((folder) => folder ?? [])];
  return new Set(entries.map(({ name }) => name)).size === entries.length ? entries : null;
}
