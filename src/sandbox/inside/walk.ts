import type { Dirent } from "node:fs";
import { lstat, opendir } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { FileFailure } from "./files.ts";

/** Never shown and never searched: git's own folder, and what is installed rather than written. */
const hidden = new Set([".git", "node_modules"]);
/** A folder with more names than this is cut, so that one of a million does not fill the memory. */
const maxNames = 20_000;

export type WalkEntry = { absolute: string; dirent: Dirent; depth: number };
/** `cut` is set when a folder was too large or could not be read. */
export type WalkState = { cut: boolean };

/** Breadth first and sorted in each folder; symbolic links are named and not followed. */
export async function* walk(top: string, depth: number, state: WalkState): AsyncGenerator<WalkEntry> {
  let level = [top];
  for (let at = 1; at <= depth && level.length > 0; at += 1) {
    const next: string[] = [];
    for (const folder of level) {
      for (const dirent of await readNames(folder, folder === top, state)) {
        const absolute = join(folder, dirent.name);
        if (dirent.isDirectory()) next.push(absolute);
        yield { absolute, dirent, depth: at };
      }
    }
    level = next;
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

/** The folders nearest to `path` come first when `limit` cuts; the answer is sorted by path. Sockets and devices are left out. */
export async function listFolder(
  root: string,
  { path, depth, limit }: ListRequest,
): Promise<{ entries: Entry[]; truncated: boolean }> {
  const top = resolve(root, path);
  if (!(await lstat(`${top}/`)).isDirectory()) throw new FileFailure("ENOTDIR", `${path} is not a folder`);
  const state: WalkState = { cut: false };
  const entries: Entry[] = [];
  for await (const { absolute, dirent } of walk(top, depth, state)) {
    const type = entryType(dirent);
    if (type === null) continue;
    if (entries.length === limit) {
      state.cut = true;
      break;
    }
    const bytes = type === "file" ? ((await lstat(absolute).catch(() => null))?.size ?? 0) : 0;
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
