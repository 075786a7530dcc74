import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  type BigIntStats,
} from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { effect } from "../../sys/failpoint.ts";
import { conversionOf, isExact } from "../checkouts/exact-content.ts";
import type { IndexEntry } from "../checkouts/index-file.ts";
import type { KnownIndex } from "../checkouts/known-indexes.ts";
import { writeIndexCopy } from "../checkouts/own-index.ts";
import { changeTree } from "../objects/change-tree.ts";
import { treeOf } from "../objects/tree-of.ts";
import { writeObjects } from "../objects/write-objects.ts";
import type { Repository } from "../repository.ts";
import type { Checkout } from "../worktree.ts";
import { namesGitFolder } from "./tree-name.ts";
import type { UnsavedFile } from "./unsaved-files.ts";

/** More than these, and git does it as fast. */
const fewFiles = 64;

/** Of all files together: they are held in memory, and read while the loop waits, which takes a tenth of the time for few small ones. */
const mostBytes = 8 * 1024 * 1024;

const linkMode = 0o120000;

type Taken = { mode: number; content: Buffer; state: BigIntStats };

/**
 * Writes what has changed in a checkout as a tree, and the index that says so as a copy, without a process: few files and links,
 * where git would take the same bytes.
 * @param from `second` is from before `files` were found
 * @returns the tree; null where that takes git
 */
export async function takeFiles(
  checkout: Checkout,
  from: { repo: Repository; known: KnownIndex; files: readonly UnsavedFile[]; second: number },
): Promise<string | null> {
  const { repo, known, files, second } = from;
  // Where a file is that has been opened, no other system says.
  if (process.platform !== "linux" || files.length > fewFiles) return null;
  if (files.some(({ path }) => isForGit(path))) return null;
  const taken = await readFiles(checkout, { repo, files });
  if (taken === null) return null;
  const present = [...taken].flatMap(([path, file]) => (file === null ? [] : [{ path, ...file }]));
  const contents = present.map(({ content }) => content);
  const ids = await effect("git.hash-object", () => writeObjects(repo, "blob", contents));
  const changes = new Map<string, IndexEntry | null>([...taken.keys()].map((path) => [path, null]));
  for (const [at, { path, mode, state }] of present.entries())
    changes.set(path, { mode, id: ids[at] ?? "", state });
  const inTree = [...changes].map(
    ([path, entry]) => [path, entry && { mode: entry.mode.toString(8), id: entry.id }] as const,
  );
  const old = await treeOf(repo, known.tree);
  const tree = await effect("git.mktree", () => changeTree(repo, old, new Map(inTree)));
  if (tree === null) return null;
  return (await writeIndexCopy(checkout, { changes, idBytes: tree.length / 2, second })) ? tree : null;
}

/** Repositories of their own, and names that git takes on no system or not on all. */
function isForGit(path: Buffer): boolean {
  const text = path.toString();
  return text.endsWith("/") || text.includes("\\") || namesGitFolder(text);
}

/** Null for what is gone, and for all together where one is neither file nor link, or is another in git. */
async function readFiles(
  { path: root }: Checkout,
  { repo, files }: { repo: Repository; files: readonly UnsavedFile[] },
): Promise<Map<string, Taken | null> | null> {
  const paths = files.map(({ path }) => path.toString("latin1"));
  const conversion = await conversionOf(repo, { root, paths });
  if (conversion === "unknown") return null;
  const taken = new Map<string, Taken | null>();
  const folders = new Map<string, boolean>();
  let bytes = 0n;
  for (const [at, path] of paths.entries()) {
    const place = Buffer.concat([Buffer.from(join(root, "/")), Buffer.from(path, "latin1")]);
    const isReal = folders.get(dirname(path)) ?? isRealFolder(place.subarray(0, place.lastIndexOf("/")));
    folders.set(dirname(path), isReal);
    const found = isReal ? lookAt(place) : null;
    if (found === null || found.isDirectory()) {
      if (files[at]?.isTracked !== true) return null;
      taken.set(path, null);
      continue;
    }
    bytes += found.size;
    if (bytes > mostBytes) return null;
    const read = found.isSymbolicLink() ? readLink(place, found) : readRealFile(place);
    if (read === null || !(read.mode === linkMode || isExact(read.content, conversion))) return null;
    taken.set(path, read);
  }
  return taken;
}

function lookAt(place: Buffer): BigIntStats | null {
  return orNull(() => lstatSync(place, { bigint: true }));
}

/** Behind a link in the place of a folder is nothing of the checkout's. */
function isRealFolder(folder: Buffer): boolean {
  return orNull(() => realpathSync.native(folder, { encoding: "buffer" }))?.equals(folder) === true;
}

function readLink(place: Buffer, state: BigIntStats): Taken | null {
  const content = orNull(() => readlinkSync(place, { encoding: "buffer" }));
  return content === null ? null : { mode: linkMode, content, state };
}

/** Null where a link leads to it: a worker may put one in the place of any folder at any moment. */
function readRealFile(place: Buffer): Taken | null {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = orNull(() => openSync(place, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  if (file === null) return null;
  try {
    const state = fstatSync(file, { bigint: true });
    const opened = readlinkSync(`/proc/self/fd/${file}`, { encoding: "buffer" });
    if (!state.isFile() || state.size > mostBytes || !opened.equals(place)) return null;
    const content = readFileSync(file);
    if (content.length !== Number(state.size)) return null;
    return { mode: (state.mode & 0o100n) === 0n ? 0o100644 : 0o100755, content, state };
  } finally {
    closeSync(file);
  }
}

/** What is not there, or not as it was a moment ago, is for git to speak of. */
function orNull<T>(look: () => T): T | null {
  try {
    return look();
  } catch {
    return null;
  }
}
