import { mkdtemp, readdir, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeFolder } from "../../sys/make-folder.ts";
import { removeTree } from "../../sys/remove-tree.ts";
import { effect } from "../../sys/failpoint.ts";
import { isAlive } from "../../sys/is-alive.ts";

/** A socket's path may have 107 bytes; this leaves room for the process, the job's number and the socket. */
const longest = 80;

/** A folder for this process's doors, in `parent` where its path is short enough. */
export async function makeDoorsFolder(parent: string): Promise<string> {
  if (Buffer.byteLength(parent) > longest) return mkdtemp(join(await realpath(tmpdir()), "agentx-"));
  await makeFolder(parent, 0o700);
  const prefix = join(await realpath(parent), `${process.pid}-`);
  return effect("lodging.make", () => mkdtemp(prefix));
}

/** What processes that were killed have left. */
export async function removeDeadDoors(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    if (!isAlive(Number(name.split("-")[0]))) await removeTree(join(parent, name));
  }
}
