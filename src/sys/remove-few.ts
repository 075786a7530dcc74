import { lstatSync, opendirSync, rmdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";

/** More would hold up everything else. */
const mostEntries = 256;

/**
 * Removes a small tree at once, which takes a fraction of what it does entry by entry in other threads. Links are removed, never followed.
 * @returns whether it is gone; false where it is larger or something stands in the way, and a part may be gone then
 */
export function removeFew(path: string): boolean {
  try {
    const info = lstatSync(path, { throwIfNoEntry: false });
    if (info === undefined) return true;
    if (info.isDirectory()) return removeFolder(path, { entries: mostEntries });
    unlinkSync(path);
    return true;
  } catch {
    // Whoever tries it the long way says why it cannot be removed.
    return false;
  }
}

function removeFolder(path: string, left: { entries: number }): boolean {
  const folders: string[] = [];
  {
    using folder = opendirSync(path);
    for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
      left.entries -= 1;
      if (left.entries < 0) return false;
      if (entry.isDirectory()) folders.push(entry.name);
      else unlinkSync(join(path, entry.name));
    }
  }
  for (const name of folders) if (!removeFolder(join(path, name), left)) return false;
  rmdirSync(path);
  return true;
}
