import { lstat, mkdir } from "node:fs/promises";
import { join } from "node:path";

/**
 * Makes the folder `relative` below `root` where it is missing, component by component.
 * @returns false when a component is a symlink or a file, so that nothing is ever written through a link.
 */
export async function makeRealFolder(root: string, relative: string): Promise<boolean> {
  let folder = root;
  for (const name of relative.split("/").filter((part) => part !== "" && part !== ".")) {
    if (name === "..") return false;
    folder = join(folder, name);
    const found = await lstat(folder).catch(() => null);
    if (found === null) await mkdir(folder);
    else if (!found.isDirectory()) return false;
  }
  return true;
}
