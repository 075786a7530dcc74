import { lstatSync, rmdirSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { effect } from "../../sys/failpoint.ts";
import { makeRealFolder } from "../../sys/real-folder.ts";
import type { TreeChange } from "../objects/diff-trees.ts";
import { findObject, readObject } from "../objects/read-objects.ts";
import type { Repository } from "../repository.ts";
import type { Checkout } from "../worktree.ts";
import { conversionOf, isExact } from "./exact-content.ts";
import type { IndexEntry } from "./index-file.ts";
import { keepIndexCopy, writeIndexCopy } from "./own-index.ts";

const absent = "000000";
const executable = "100755";
const plain: ReadonlySet<string> = new Set([absent, "100644", executable]);

/** Of all files together: they are held in memory, and written while the loop waits, which takes a tenth of the time for few small ones. */
const mostBytes = 8 * 1024 * 1024;

/**
 * Brings a checkout from one tree to another by writing and removing what differs, without a process: plain files alone, and only
 * where git would write the same bytes.
 * @param from `changes` lead from the index, which all files are as, to the tree wanted; `second` is from before that was seen
 * @returns false where that takes git, which then finds some of it done
 */
export async function writeFiles(
  checkout: Checkout,
  from: { repo: Repository; changes: readonly TreeChange[]; second: number },
): Promise<boolean> {
  const { repo, changes, second } = from;
  const isPlain = ({ path, oldMode, newMode }: TreeChange): boolean =>
    plain.has(oldMode) && plain.has(newMode) && !path.includes("\uFFFD");
  if (!changes.every(isPlain)) return false;
  const contents = await readContents(checkout, { repo, changes });
  if (contents === null) return false;
  const written = await effect("checkout.write", () => replaceFiles(checkout.path, { changes, contents }));
  if (written === null) return false;
  const idBytes = (changes[0]?.newId.length ?? 0) / 2;
  if (!(await writeIndexCopy(checkout, { changes: written, idBytes, second }))) return false;
  await keepIndexCopy(checkout);
  return true;
}

/** Path → content of each file that is to be there; null where git would write some of it otherwise. */
async function readContents(
  { path: root }: Checkout,
  { repo, changes }: { repo: Repository; changes: readonly TreeChange[] },
): Promise<Map<string, Buffer> | null> {
  const conversion = await conversionOf(repo, { root, paths: changes.map(({ path }) => latin1(path)) });
  if (conversion === "unknown") return null;
  const wanted = changes.filter(({ newMode }) => newMode !== absent);
  const found = await Promise.all(wanted.map(({ newId }) => findObject(repo, newId)));
  if (found.reduce((sum, object) => sum + (object?.bytes ?? Infinity), 0) > mostBytes) return null;
  const blobs = await Promise.all(wanted.map(({ newId }) => readObject(repo, newId)));
  const contents = new Map<string, Buffer>();
  for (const [at, { path }] of wanted.entries()) {
    const content = blobs[at]?.content;
    if (content === undefined || !isExact(content, conversion)) return null;
    contents.set(path, content);
  }
  return contents;
}

/** What is gone first: a file may come in the place of a folder. Null where something is in the way. */
async function replaceFiles(
  root: string,
  { changes, contents }: { changes: readonly TreeChange[]; contents: ReadonlyMap<string, Buffer> },
): Promise<Map<string, IndexEntry | null> | null> {
  const written = new Map<string, IndexEntry | null>();
  const folders = new Set<string>(["."]);
  try {
    for (const { path, oldMode, newMode } of changes) {
      if (oldMode !== absent) unlinkSync(join(root, path));
      if (newMode !== absent) continue;
      removeEmptyFolders(root, dirname(path));
      written.set(latin1(path), null);
    }
    for (const { path, newMode, newId } of changes) {
      const content = contents.get(path);
      if (content === undefined) continue;
      const folder = dirname(path);
      if (!folders.has(folder) && !(await makeRealFolder(root, folder))) return null;
      folders.add(folder);
      const file = join(root, path);
      writeFileSync(file, content, { flag: "wx", mode: newMode === executable ? 0o777 : 0o666 });
      const state = lstatSync(file, { bigint: true });
      written.set(latin1(path), { mode: Number.parseInt(newMode, 8), id: newId, state });
    }
    return written;
  } catch {
    // Git says better what is wrong with it, or has a way around.
    return null;
  }
}

function removeEmptyFolders(root: string, folder: string): void {
  for (let at = folder; at !== "."; at = dirname(at)) {
    try {
      rmdirSync(join(root, at));
    } catch {
      // Something else is in it.
      return;
    }
  }
}

function latin1(path: string): string {
  return Buffer.from(path).toString("latin1");
}
