import { chmod, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { effect } from "./failpoint.ts";
import { removeFew } from "./remove-few.ts";

/** Removes a file or a whole folder, folders without write permission too. Symlinks are removed, never followed. */
export async function removeTree(path: string): Promise<void> {
  await effect("tree.remove", () => remove(path));
}

async function remove(path: string): Promise<void> {
  if (removeFew(path)) return;
  try {
    await rm(path, { recursive: true, force: true });
  } catch {
    await openFolders(path);
    await rm(path, { recursive: true, force: true });
  }
}

/** What is gone meanwhile is as it should be: another may be removing it too. */
async function openFolders(folder: string): Promise<void> {
  try {
    await chmod(folder, 0o700);
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) await openFolders(join(folder, entry.name));
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
