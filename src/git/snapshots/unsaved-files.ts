import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { GitPlace } from "../processes/run-git.ts";
import { runGitBinary } from "../processes/run-git.ts";

export const maxBlobBytes: number = 10 * 1024 * 1024;

/** Files that may be looked at at once. */
const atOnce = 256;

/** A path as git has it: bytes, which need not be text. A repository of its own ends in a slash. */
export type UnsavedFile = { path: Buffer; isTracked: boolean };

/**
 * Files of a checkout that are new, changed or gone since its index was written, without ignored ones. Those that the
 * index has come first, as they have to leave it before one comes into a folder's place.
 * @param links paths that are not looked at
 * @throws AgentxError GIT_FAILED where there is no index to be believed
 */
export async function listUnsavedFiles(place: GitPlace, links: readonly string[]): Promise<UnsavedFile[]> {
  const excluded = links.map((path) => `:(top,literal,exclude)${path}`);
  const args = [
    "ls-files",
    "-z",
    "-t",
    "--others",
    "--modified",
    "--exclude-standard",
    "--",
    ".",
    ...excluded,
  ];
  const { stdout } = await runGitBinary(place, args);
  const files = splitAtNul(stdout).map((entry) => ({
    path: entry.subarray(2),
    isTracked: entry[0] !== "?".charCodeAt(0),
  }));
  return [...files.filter(({ isTracked }) => isTracked), ...files.filter(({ isTracked }) => !isTracked)];
}

function splitAtNul(bytes: Uint8Array): Buffer[] {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: Buffer[] = [];
  for (let from = 0; ;) {
    const to = whole.indexOf(0, from);
    if (to === -1) return entries;
    entries.push(whole.subarray(from, to));
    from = to + 1;
  }
}

/**
 * Those of the files that are too large to be taken. Asked before git reads any of them: a sparse file of gigabytes costs
 * nothing to make, and would be hashed and written into the person's repository before it is refused.
 */
export async function findLargeFiles(
  folder: string,
  files: readonly UnsavedFile[],
): Promise<{ path: string; bytes: number }[]> {
  const root = Buffer.from(join(folder, "/"));
  const found: { path: string; bytes: number }[] = [];
  for (let at = 0; at < files.length; at += atOnce) {
    const some = files.slice(at, at + atOnce);
    const states = await Promise.all(
      some.map(({ path }) => lstat(Buffer.concat([root, path])).catch(() => null)),
    );
    for (const [index, state] of states.entries()) {
      if (state?.isFile() && state.size > maxBlobBytes)
        found.push({ path: String(some[index]?.path), bytes: state.size });
    }
  }
  return found;
}
