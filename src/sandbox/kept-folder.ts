import { lstat, mkdir, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/**
 * A folder of this user's for what sandboxes only read and the next agentx needs again; null where somebody else could write to it, who
 * would have code in every sandbox.
 */
export async function keptFolder(temporary: string = tmpdir()): Promise<string | null> {
  const folder = join(await realpath(temporary), `agentx-code-${process.getuid?.() ?? 0}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const info = await lstat(folder);
  const isOurs =
    info.isDirectory() && info.uid === (process.getuid?.() ?? info.uid) && (info.mode & 0o077) === 0;
  return isOurs ? folder : null;
}
