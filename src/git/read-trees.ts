import { BoundedMap } from "../sys/bounded-map.ts";
import { noSuchObject, readObject } from "./read-objects.ts";
import type { Repository } from "./repository.ts";

/** One entry of a tree. `name` has a character for each byte (latin1), since a name need not be UTF-8. */
export type TreeEntry = { mode: string; name: string; id: string };

export const folderMode = "040000";

/** Of trees that were read lately, the bytes: those of 50,000 files have 2 MB. */
const maxKeptBytes = 16 * 1024 * 1024;

const kept = new WeakMap<Repository, BoundedMap<Buffer>>();

/** @param id full, of a tree @throws AgentxError GIT_FAILED when there is none */
export async function readTree(repo: Repository, id: string): Promise<TreeEntry[]> {
  return parseTree(await bytesOf(repo, id), id.length / 2);
}

/** Name by which git orders the entries of a tree, and takes two for the same. */
export function orderName({ mode, name }: TreeEntry): string {
  return mode === folderMode ? `${name}/` : name;
}

async function bytesOf(repo: Repository, id: string): Promise<Buffer> {
  const trees = kept.get(repo) ?? new BoundedMap<Buffer>(maxKeptBytes);
  kept.set(repo, trees);
  const known = trees.get(id);
  if (known !== undefined) return known;
  const found = await readObject(repo, id);
  if (found?.type !== "tree") throw noSuchObject(id);
  // A copy, since the bytes are a part of all that has come with them.
  const bytes = Buffer.from(found.content);
  trees.set(id, bytes, bytes.length);
  return bytes;
}

/** Every path below a tree, gitlinks too, in git's order. Bytes of a name that are not UTF-8 become U+FFFD. */
export async function listPaths(repo: Repository, tree: string): Promise<string[]> {
  const paths = await pathsBelow(repo, tree, "");
  return paths.map((path) => Buffer.from(path, "latin1").toString());
}

async function pathsBelow(repo: Repository, tree: string, folder: string): Promise<string[]> {
  const entries = await readTree(repo, tree);
  const found = entries.map(async ({ mode, name, id }) =>
    mode === folderMode ? pathsBelow(repo, id, `${folder}${name}/`) : [folder + name],
  );
  return (await Promise.all(found)).flat();
}

function parseTree(bytes: Buffer, idBytes: number): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const nul = bytes.indexOf(0, space);
    const end = nul + 1 + idBytes;
    if (space === -1 || nul === -1 || end > bytes.length) throw new Error("git gave a tree that is none");
    entries.push({
      mode: canonical(bytes.toString("latin1", at, space)),
      name: bytes.toString("latin1", space + 1, nul),
      id: bytes.toString("hex", nul + 1, end),
    });
    at = end;
  }
  return entries;
}

/** As git shows modes: old trees have further ones. */
function canonical(mode: string): string {
  const bits = Number.parseInt(mode, 8);
  if (bits >> 12 !== 0o10) return mode.padStart(6, "0");
  return (bits & 0o100) === 0 ? "100644" : "100755";
}
