import { statSync, unlinkSync, writeFileSync } from "node:fs";
import { readFile, rename, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { effect } from "../../sys/failpoint.ts";
import { freeBytes } from "../../sys/free-bytes.ts";
import { createLimit } from "../../sys/limit.ts";
import type { Checkout } from "../worktree.ts";
import { changeIndex, type IndexChanges } from "./index-file.ts";

/** Always the same name, so that what a crash left is used again instead of piling up. */
export function indexCopyOf({ gitDir }: Checkout): string {
  return join(gitDir, "index.agentx");
}

/**
 * What the file system's clock says, in whole seconds since 1970. Before a look at a checkout: what is changed from then on has
 * this time or a later one, and git looks closer at files that are not older than their index.
 */
export function secondOf(checkout: Checkout): number {
  const path = indexCopyOf(checkout);
  try {
    writeFileSync(path, "");
    const { mtimeMs } = statSync(path);
    unlinkSync(path);
    return Math.floor(mtimeMs / 1000);
  } catch {
    // A full disk keeps nobody from looking. From the epoch on git looks closer at everything; 0 means to it that no time is known.
    return 1;
  }
}

/**
 * Writes the index of a checkout, with few changes, beside it.
 * @param to `second` is from before a look that found all other files as the index has them
 * @returns false where that takes git
 */
export function writeIndexCopy(checkout: Checkout, to: Changed): Promise<boolean> {
  return fewAtOnce(() => writeCopy(checkout, to));
}

type Changed = { changes: IndexChanges; idBytes: number; second: number };

/** Each is in memory twice, and has 5 MB for 50,000 files. */
const fewAtOnce = createLimit(2);

async function writeCopy(checkout: Checkout, to: Changed): Promise<boolean> {
  const old = await readFile(join(checkout.gitDir, "index"));
  const index = changeIndex(old, to);
  freeBytes(old);
  if (index === null) return false;
  const copy = indexCopyOf(checkout);
  await writeFile(copy, index, { flush: true });
  freeBytes(index);
  // A younger index would hide what changes, in the second of its look, without a sign of it in size or time.
  await utimes(copy, to.second, to.second);
  return true;
}

/**
 * Lets git believe the times of files that are older than a look which found all of them as the index has them. Until then it
 * reads each again that is not older than its index.
 * @param second from before the look
 */
export async function trustTimes({ gitDir }: Checkout, second: number): Promise<void> {
  const index = join(gitDir, "index");
  const { mtimeMs } = await stat(index);
  if (mtimeMs < second * 1000) await utimes(index, second, second);
}

/** Makes the copy the checkout's own. */
export async function keepIndexCopy(checkout: Checkout): Promise<void> {
  await effect("index.keep", () => rename(indexCopyOf(checkout), join(checkout.gitDir, "index")));
}
