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

/** `commit`: null for what is no plain ref. */
type LooseRef = { stamp: Stamp; text: string; commit: string | null };
type Folder = { stamp: Stamp; folders: Map<string, Folder>; refs: Map<string, LooseRef> };
type Packed = { stamp: Stamp; text: string };
type Known = { loose: Folder | null; packed: Packed | null; copied: CopiedRefs };

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
    if (known !== undefined && known.loose === loose && known.packed === packed) return known.copied;
    const copied = copyOf(loose, packed);
    this.#known.set(common, { loose, packed, copied });
    return copied;
  }
}

function copyOf(loose: Folder | null, packed: Packed | null): CopiedRefs {
  const refs: PackedRef[] = [];
  const files: CopiedRefs["files"] = [];
  for (const { path, text, commit } of loose === null ? [] : refsOf("refs", loose)) {
    if (commit === null || perWorktree.test(path)) files.push({ path, text });
    else refs.push({ name: Buffer.from(path).toString("latin1"), commit });
  }
  return { packed: mergePacked(packed?.text ?? "", refs), files };
}

function* refsOf(path: string, folder: Folder): Generator<LooseRef & { path: string }> {
  for (const [name, ref] of folder.refs) yield { ...ref, path: `${path}/${name}` };
  for (const [name, inner] of folder.folders) yield* refsOf(`${path}/${name}`, inner);
}

/** Others move refs meanwhile: lock files and folders come and go. @returns `known` itself where nothing has changed */
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
  const isSame = isKnown && Array.from(known.folders).every(([name, folder]) => folders.get(name) === folder);
  return isSame ? known : { stamp: isKnown ? known.stamp : stamp, folders, refs };
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
    const ref = readRefFile(`${path}/${entry.name}`, known?.refs.get(entry.name));
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
  return text === null ? null : { stamp, text, commit: plainRef.exec(text)?.[1] ?? null };
}

function readPackedFile(path: string, known: Packed | null): Packed | null {
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
