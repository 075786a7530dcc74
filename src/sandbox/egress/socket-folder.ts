import { lstat, mkdtemp, readdir, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "../../sys/is-alive.ts";
import { removeTree } from "../../sys/remove-tree.ts";

const prefix = "agentx-egress-";
let isSwept = false;

/** A folder of this user's alone with a short path, for a socket. What killed processes have left is removed once. */
export async function makeSocketFolder(): Promise<string> {
  const parent = await realpath(tmpdir());
  if (!isSwept) {
    isSwept = true;
    await sweep(parent);
  }
  return mkdtemp(join(parent, `${prefix}${process.pid}-`));
}

async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1]);
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    const path = join(parent, name);
    const info = await lstat(path).catch(() => null);
    if (info?.isDirectory() === true && info.uid === process.getuid?.()) await removeTree(path);
  }
}
