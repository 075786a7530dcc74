import { BoundedMap } from "../../sys/bounded-map.ts";
import { noSuchObject, readObject } from "./read-objects.ts";
import type { Repository } from "../repository.ts";

/** One entry of a tree. `name` has a character for each byte (latin1), since a name need not be UTF-8. */
export type TreeEntry = { mode: string; name: string; id: string };

export const folderMode = "040000";

/** Of trees that were read lately, the bytes: those of 50,000 files have 2 MB. */
const maxKeptBytes = 8 * 1024 * 1024;

/** Of trees that were read lately, the entries: those that a task changes are read some ten times for it. */
const maxKeptEntries = 4096;

/** Of lists of folders that were made lately, about the bytes: those of 50,000 files have 4 MB. */
const maxListedBytes = 16 * 1024 * 1024;

/** A list of all files is new with each merge, and made fast of its folders' lists. What none of so many needed is of trees that are past. */
const maxWhole = 4;

const pointerBytes = 8;
const stringBytes = 24;

type Lists = { ofFolders: BoundedMap<readonly string[]>; whole: BoundedMap<readonly string[]> };

type Trees = { bytes: BoundedMap<Buffer>; entries: BoundedMap<readonly TreeEntry[]> };

const kept = new WeakMap<Repository, Trees>();
const listed = new WeakMap<Repository, Lists>();

/** @param id full, of a tree @throws AgentxError GIT_FAILED when there is none */
export async function readTree(repo: Repository, id: string): Promise<readonly TreeEntry[]> {
  const { entries } = keptOf(repo);
  const known = entries.get(id);
  if (known !== undefined) return known;
  const found = parseTree(await bytesOf(repo, id), id.length / 2);
  entries.set(id, found, found.length);
  return found;
}

/** The same without its files and symlinks, of which nothing is made: folders and gitlinks. */
export async function readFoldersAndLinks(repo: Repository, id: string): Promise<TreeEntry[]> {
  return parseTree(await bytesOf(repo, id), id.length / 2, isOfFile);
}

/** The file, link or gitlink at a path (latin1: a character for each byte); null where there is none. */
export async function entryAt(repo: Repository, tree: string, path: string): Promise<TreeEntry | null> {
  const [name = "", ...rest] = path.split("/");
  const found = (await readTree(repo, tree)).find((entry) => entry.name === name);
  if (found === undefined) return null;
  const isFolder = found.mode === folderMode;
  if (rest.length === 0) return isFolder ? null : found;
  return isFolder ? entryAt(repo, found.id, rest.join("/")) : null;
}

/** Name by which git orders the entries of a tree, and takes two for the same. */
export function orderName({ mode, name }: TreeEntry): string {
  return mode === folderMode ? `${name}/` : name;
}

function keptOf(repo: Repository): Trees {
  const trees = kept.get(repo) ?? {
    bytes: new BoundedMap(maxKeptBytes),
    entries: new BoundedMap(maxKeptEntries),
  };
  kept.set(repo, trees);
  return trees;
}

async function bytesOf(repo: Repository, id: string): Promise<Buffer> {
  const trees = keptOf(repo).bytes;
  const known = trees.get(id);
  if (known !== undefined) return known;
  const found = await readObject(repo, id);
  if (found?.type !== "tree") throw noSuchObject(id);
  // Bytes of their own: those that have come are a part of many more, and a small `Buffer.from` is one of a pool of 64 KiB.
  const bytes = Buffer.allocUnsafeSlow(found.content.length);
  found.content.copy(bytes);
  trees.set(id, bytes, bytes.length);
  return bytes;
}

/** Every path below a tree, gitlinks too, in git's order. Bytes of a name that are not UTF-8 become U+FFFD. */
export async function listPaths(repo: Repository, tree: string): Promise<readonly string[]> {
  const lists = listed.get(repo) ?? {
    ofFolders: new BoundedMap<readonly string[]>(maxListedBytes),
    whole: new BoundedMap<readonly string[]>(maxWhole),
  };
  listed.set(repo, lists);
  const known = lists.whole.get(tree);
  if (known !== undefined) return known;
  const paths = await listFolder(repo, { tree, folder: "", lists: lists.ofFolders });
  lists.whole.set(tree, paths, 1);
  lists.ofFolders.endRound(maxWhole);
  return paths;
}

/** @param folder with a slash at its end; the paths begin with it, so that all lists in which they stand share them */
async function listFolder(
  repo: Repository,
  { tree, folder, lists }: { tree: string; folder: string; lists: Lists["ofFolders"] },
): Promise<readonly string[]> {
  const place = `${tree} ${folder}`;
  const known = lists.get(place);
  if (known !== undefined) return known;
  const entries = await readTree(repo, tree);
  const folders = entries.filter(({ mode }) => mode === folderMode);
  const below = new Map(
    await Promise.all(
      folders.map(async ({ name, id }) => {
        const at = `${folder}${textOf(name)}/`;
        return [name, await listFolder(repo, { tree: id, folder: at, lists })] as const;
      }),
    ),
  );
  const paths = entries.flatMap(({ name }) => below.get(name) ?? `${folder}${textOf(name)}`);
  const own = entries.reduce((sum, { name }) => sum + stringBytes + folder.length + name.length, 0);
  if (folder !== "") lists.set(place, paths, own + paths.length * pointerBytes);
  return paths;
}

/** A name of bytes as text. */
export function textOf(latin1: string): string {
  // Most need no second look, and a repository has many.
  return /[\u0080-\u00ff]/.test(latin1) ? Buffer.from(latin1, "latin1").toString() : latin1;
}

/** @param isLeftOut of the bytes of an entry, where they begin */
function parseTree(
  bytes: Buffer,
  idBytes: number,
  isLeftOut: ((bytes: Buffer, at: number) => boolean) | null = null,
): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0, end = 0; at < bytes.length; at = end) {
    const space = bytes.indexOf(0x20, at);
    const nul = bytes.indexOf(0, space);
    end = nul + 1 + idBytes;
    if (space === -1 || nul === -1 || end > bytes.length) throw new Error("git gave a tree that is none");
    if (isLeftOut?.(bytes, at)) continue;
    entries.push({
      mode: canonical(bytes.toString("latin1", at, space)),
      name: bytes.toString("latin1", space + 1, nul),
      id: bytes.toString("hex", nul + 1, end),
    });
  }
  return entries;
}

/** Files begin with `100`, symlinks with `120`, folders with `4`, gitlinks with `160`; a zero before them is looked at. */
function isOfFile(bytes: Buffer, at: number): boolean {
  return bytes[at] === digit.one && bytes[at + 1] !== digit.six;
}

const digit = { one: 0x31, six: 0x36 };

/** As git shows modes: old trees have further ones. */
function canonical(mode: string): string {
  const bits = Number.parseInt(mode, 8);
  if (bits >> 12 !== 0o10) return mode.padStart(6, "0");
  return (bits & 0o100) === 0 ? "100644" : "100755";
}
