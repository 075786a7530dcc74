import { statSync } from "node:fs";
import { lstat, readdir, statfs } from "node:fs/promises";
import { join } from "node:path";

/** What a file takes at least: most file systems have a place for one file in so many bytes, and run out of places first. */
export const leastFileBytes: number = 16 * 1024;
const blockBytes = 512;

/** Bytes and places for files that are left to an ordinary user; `files` is null where the file system makes places as it needs them. */
export type DiskSpace = { bytes: number; files: number | null };

/** Null for a folder that is gone. */
export async function diskSpace(folder: string): Promise<DiskSpace | null> {
  try {
    const { bavail, bsize, files, ffree } = await statfs(folder);
    return { bytes: bavail * bsize, files: files === 0 ? null : ffree };
  } catch {
    return null;
  }
}

/** Of each disk that one of the folders is on; of those that are gone none. */
export async function diskSpaces(folders: readonly string[]): Promise<DiskSpace[]> {
  const disks = new Map<number, string>();
  for (const folder of folders) {
    try {
      disks.set(statSync(folder).dev, folder);
    } catch {
      // Gone, or as good as that.
    }
  }
  const all = await Promise.all(Array.from(disks.values(), diskSpace));
  return all.filter((space) => space !== null);
}

/** What lies in the folders, in bytes on disk. What goes away meanwhile does not count, nor what a link leads to. */
export async function diskUsage(folders: readonly string[]): Promise<number> {
  let bytes = 0;
  const open = [...folders];
  const linked = new Set<string>();
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    for (const name of await readdir(folder).catch(() => [])) {
      const path = join(folder, name);
      const info = await lstat(path).catch(() => null);
      if (info === null) continue;
      if (info.isDirectory()) open.push(path);
      else if (info.nlink > 1) {
        // A file of many names is there once.
        const id = `${info.dev}:${info.ino}`;
        if (linked.has(id)) continue;
        linked.add(id);
      }
      bytes += Math.max(info.blocks * blockBytes, leastFileBytes);
    }
  }
  return bytes;
}
