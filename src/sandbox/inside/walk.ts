import type { Dirent } from "node:fs";
import { lstat, opendir } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { FileFailure } from "./files.ts";

/** Never shown and never searched: git's own folder, and what is installed rather than written. */
const hidden = new Set([".git", "node_modules"]);
/** A folder with more names than this is cut, so that one of a million does not fill the memory. */
const maxNames = 20_000;

/** @property seenAt by which it is looked at, as long as the walk stands at it */
export type WalkEntry = { absolute: string; seenAt: string; dirent: Dirent; depth: number };
/** `cut` is set when a folder was too large or could not be read. */
export type WalkState = { cut: boolean };

/** Gives by which path a folder is looked at, as long as it is held; null where that cannot be. Throws as the system does. */
export type HoldFolder = (folder: string) => ({ path: string } & Disposable) | null;

/** By its name, which is enough where nobody else would be harmed by what it leads to. */
const byName: HoldFolder = (folder) => ({ path: folder, [Symbol.dispose]: () => {} });

/** Breadth first and sorted in each folder; symbolic links are named and not followed. */
export async function* walk(
  top: string,
  { depth, hold = byName }: { depth: number; hold?: HoldFolder },
  state: WalkState,
): AsyncGenerator<WalkEntry> {
  let level = [top];
  for (let at = 1; at <= depth && level.length > 0; at += 1) {
    const next: string[] = [];
    for (const folder of level) {
      using held = holdOr(folder, { hold, isTop: folder === top, state });
      for (const dirent of held === null ? [] : await readNames(held.path, folder === top, state)) {
        const absolute = join(folder, dirent.name);
        if (dirent.isDirectory()) next.push(absolute);
        yield { absolute, seenAt: join(held?.path ?? folder, dirent.name), dirent, depth: at };
      }
    }
    level = next;
  }
}

/** A folder below that cannot be held is left out, as one that cannot be read is. */
function holdOr(
  folder: string,
  { hold, isTop, state }: { hold: HoldFolder; isTop: boolean; state: WalkState },
): ReturnType<HoldFolder> {
  try {
    const held = hold(folder);
    state.cut ||= held === null;
    return held;
  } catch (error) {
    if (isTop) throw error;
    state.cut = true;
    return null;
  }
}

/** Relative to `root` for what lies in it, absolute otherwise. */
export function shownPath(root: string, absolute: string): string {
  const path = relative(root, absolute);
  return path === ".." || path.startsWith("../") ? absolute : path;
}

async function readNames(folder: string, isTop: boolean, state: WalkState): Promise<Dirent[]> {
  const names: Dirent[] = [];
  try {
    for await (const dirent of await opendir(folder)) {
      if (hidden.has(dirent.name)) continue;
      if (names.length === maxNames) {
        state.cut = true;
        break;
      }
      names.push(dirent);
    }
  } catch (error) {
    if (isTop) throw error;
    state.cut = true;
  }
  return names.sort((a, b) => (a.name < b.name ? -1 : 1));
}

type Entry = { path: string; type: "file" | "directory" | "symlink"; bytes: number };
type ListRequest = { path: string; depth: number; limit: number };
type Listing = { entries: Entry[]; truncated: boolean };

/** The folders nearest to `path` come first when `limit` cuts; the answer is sorted by path. Sockets and devices are left out. */
export async function listFolder(root: string, request: ListRequest): Promise<Listing> {
  const { path } = request;
  if (!(await lstat(`${resolve(root, path)}/`)).isDirectory())
    throw new FileFailure("ENOTDIR", `${path} is not a folder`);
  return listHeld(root, request, byName);
}

/** The same for a folder that is known to be one. */
export async function listHeld(
  root: string,
  { path, depth, limit }: ListRequest,
  hold: HoldFolder,
): Promise<Listing> {
  const state: WalkState = { cut: false };
  const entries: Entry[] = [];
  for await (const { absolute, seenAt, dirent } of walk(resolve(root, path), { depth, hold }, state)) {
    const type = entryType(dirent);
    if (type === null) continue;
    if (entries.length === limit) {
      state.cut = true;
      break;
    }
    const bytes = type === "file" ? ((await lstat(seenAt).catch(() => null))?.size ?? 0) : 0;
    entries.push({ path: shownPath(root, absolute), type, bytes });
  }
  entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { entries, truncated: state.cut };
}

function entryType(dirent: Dirent): Entry["type"] | null {
  if (dirent.isFile()) return "file";
  if (dirent.isDirectory()) return "directory";
  return dirent.isSymbolicLink() ? "symlink" : null;
}
