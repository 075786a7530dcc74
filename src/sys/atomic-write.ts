import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Replaces `path` as a whole: a reader, or the machine after a power cut, sees the old content or the new one.
 * The folder must exist. A failed write leaves the old file and no temporary one.
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  mode = 0o644,
): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    await writeDurably(temporary, { content, mode });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
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
