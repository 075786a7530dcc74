import { randomUUID } from "node:crypto";
import { open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { effect } from "./failpoint.ts";
import { isAlive } from "./is-alive.ts";

/**
 * Replaces `path` as a whole: a reader, or the machine after a power cut, sees the old content or the new one.
 * The folder must exist. A failed write leaves the old file and no temporary one; a killed one's goes with the next write.
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  mode = 0o644,
): Promise<void> {
  const folder = dirname(path);
  await removeLeftovers(path);
  const temporary = join(folder, `.${basename(path)}.${process.pid}.${randomUUID()}.tmp`);
  try {
    await effect("file.write", () => writeDurably(temporary, { content, mode }));
    await effect("file.rename", () => rename(temporary, path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** Temporary files of this file, of processes that are no more. */
async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  const prefix = `.${basename(path)}.`;
  for (const name of await readdir(folder)) {
    const pid = name.startsWith(prefix) ? /^(\d+)\..*\.tmp$/.exec(name.slice(prefix.length))?.[1] : undefined;
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(folder, name), { force: true });
  }
}

async function writeDurably(
  path: string,
  file: { content: string | Uint8Array; mode: number },
): Promise<void> {
  await using handle = await open(path, "wx", file.mode);
  await handle.writeFile(file.content);
  await handle.sync();
}

/** The rename itself is durable only once the folder is. */
async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, "r");
  await handle.sync();
}
