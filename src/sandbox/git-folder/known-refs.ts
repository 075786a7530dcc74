import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isUnchanged, type Stamp, takeStamp } from "../../sys/stamp.ts";
import { mergePacked, type PackedRef, readPacked } from "./packed-refs.ts";

/** All refs of a repository, in a form that a git folder can be filled with. */
export type CopiedRefs = {
  /** Of the file `packed-refs`; latin1, as names need not be UTF-8. */
  packed: string;
  /** What such a file cannot hold, such as symbolic refs: path below the git folder, and bytes as latin1. */
  files: { path: string; text: string }[];
};

type LooseRef = { stamp: Stamp; text: string };
type Folder = { stamp: Stamp; folders: Map<string, Folder>; refs: Map<string, LooseRef> };
type Known = { loose: Folder | null; packed: { stamp: Stamp; text: string } | null };

/** Of the main checkout alone: where they were packed, every other one would see them too. */
const perWorktree = /^refs\/(?:bisect|worktree|rewritten)\//;
const plainRef = /^([0-9a-f]{40}(?:[0-9a-f]{24})?)\n$/;

/**
 * What the refs of repositories are, as far as it holds: git replaces a ref by another file, so a folder that looks as it did
 * holds what it held, and in one that does not, only what is new has to be read.
 */
export class KnownRefs {
  readonly #known = new Map<string, Known>();

  /** Does not wait, so that nothing of this process comes between two refs. @param common a `.git` folder whose refs are files */
  read(common: string): CopiedRefs {
    const known = this.#known.get(common);
    // Before the packed ones: git packs a ref first and removes its file then.
    const loose = readFolder(join(common, "refs"), known?.loose ?? null);
    const packed = readPackedFile(join(common, "packed-refs"), known?.packed ?? null);
    this.#known.set(common, { loose, packed });
    const refs: PackedRef[] = [];
    const files: CopiedRefs["files"] = [];
    for (const { path, text } of loose === null ? [] : refsOf("refs", loose)) {
      const commit = plainRef.exec(text)?.[1];
      if (commit === undefined || perWorktree.test(path)) files.push({ path, text });
      else refs.push({ name: Buffer.from(path).toString("latin1"), commit });
    }
    return { packed: mergePacked(packed?.text ?? "", refs), files };
  }
}

function* refsOf(path: string, folder: Folder): Generator<{ path: string; text: string }> {
  for (const [name, { text }] of folder.refs) yield { path: `${path}/${name}`, text };
  for (const [name, inner] of folder.folders) yield* refsOf(`${path}/${name}`, inner);
}

/** Others move refs meanwhile: lock files and folders come and go. */
function readFolder(path: string, known: Folder | null): Folder | null {
  const stamp = takeStamp(path);
  if (stamp === null) return null;
  const isKnown = known !== null && isUnchanged(known.stamp, stamp);
  const folders = new Map<string, Folder>();
  const refs = isKnown ? known.refs : new Map<string, LooseRef>();
  const names = isKnown ? known.folders.keys() : listInto(path, { known, stamp, refs });
  for (const name of names) {
    const folder = readFolder(join(path, name), known?.folders.get(name) ?? null);
    if (folder !== null) folders.set(name, folder);
  }
  return { stamp: isKnown ? known.stamp : stamp, folders, refs };
}

/** @returns the names of the folders in it */
function listInto(
  path: string,
  { known, stamp, refs }: { known: Folder | null; stamp: Stamp; refs: Map<string, LooseRef> },
): string[] {
  const entries = orGone(() => readdirSync(path, { withFileTypes: true }), []);
  for (const entry of entries.filter(isRef)) {
    // What it leads to may change where this folder does not.
    if (entry.isSymbolicLink()) stamp.isSettled = false;
    const ref = readRefFile(join(path, entry.name), known?.refs.get(entry.name));
    if (ref !== null) refs.set(entry.name, ref);
  }
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

function isRef(entry: Dirent): boolean {
  return !entry.isDirectory() && !entry.name.endsWith(".lock");
}

function readRefFile(path: string, known: LooseRef | undefined): LooseRef | null {
  const stamp = takeStamp(path);
  if (stamp === null) return null;
  if (known !== undefined && isUnchanged(known.stamp, stamp)) return known;
  const text = orGone(() => readFileSync(path, "latin1"), null);
  return text === null ? null : { stamp, text };
}

function readPackedFile(path: string, known: Known["packed"]): Known["packed"] {
  const stamp = takeStamp(path);
  if (stamp === null) return null;
  if (known !== null && isUnchanged(known.stamp, stamp)) return known;
  const text = orGone(() => readFileSync(path, "latin1"), null);
  return text === null ? null : { stamp, text: readPacked(text) };
}

function orGone<T>(read: () => T, gone: T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return gone;
    throw error;
  }
}
