import { existsSync, readdirSync, statSync } from "node:fs";
import { lstat, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { helperFolder } from "../helper-command.ts";
import { keptFolder } from "../kept-folder.ts";
import { type HelperStart, startHelper } from "./helper-process.ts";
import { slackMs } from "../inside/protocol.ts";

/** How long a folder of another version is left: a dispatcher of that version may be at work. */
const keptMs = 7 * 24 * 60 * 60 * 1000;

export type CodeCacheOptions = {
  /** The files are known by where they lie, which is another place in each kind of sandbox. */
  kind: "bubblewrap" | "none";
  /** Runs a helper that leaves what it compiles in the folder. */
  fill: (folder: string) => Promise<void>;
};

/**
 * The folder with what V8 made of the helper's files, so that no sandbox compiles them again, and none strips their types in a checkout.
 * Made once for each version of Node and of the files, before any command runs beside a helper; sandboxes only read it.
 * Null where none can be had: then every helper starts as slowly as the first.
 */
export async function codeCache(
  { kind, fill }: CodeCacheOptions,
  temporary: string = tmpdir(),
): Promise<string | null> {
  try {
    const parent = await keptFolder(temporary);
    if (parent === null) return null;
    const folder = join(parent, `${kind}-${versionKey()}`);
    if (existsSync(folder)) return folder;
    const fresh = await mkdtemp(join(parent, "new-"));
    try {
      await fill(fresh);
      await rename(fresh, folder);
    } catch (error) {
      await remove(fresh);
      // Whoever was quicker has made the same.
      if (!existsSync(folder)) throw error;
    }
    await tidy(parent, folder);
    return folder;
  } catch {
    // A full disk, or a sandbox that cannot be opened, is told where it matters: the helper runs without the cache.
    return null;
  }
}

/** V8 looks at the files' text itself, so this need only change when they do. */
function versionKey(): string {
  const hash = createHash("sha256").update(`${process.version} ${process.arch} ${process.execPath}\n`);
  for (const name of readdirSync(helperFolder).sort()) {
    const { size, mtimeMs } = statSync(join(helperFolder, name));
    hash.update(`${name} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}

async function tidy(parent: string, kept: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const path = join(parent, name);
    if (path !== kept && Date.now() - (await lstat(path)).mtimeMs > keptMs) await remove(path);
  }
}

/** No effect of a run: whether it happens depends on what was run on this machine before. */
function remove(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}

/** For `fill`. */
export async function compileHelper(start: HelperStart): Promise<void> {
  const helper = startHelper(start, null);
  try {
    await helper.waitUntilReady();
    await helper.call({ type: "fillCodeCache" }, slackMs).done;
  } finally {
    await helper.close();
  }
}
