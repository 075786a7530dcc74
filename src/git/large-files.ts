import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { GitPlace } from "./run-git.ts";
import { runGit } from "./run-git.ts";

export const maxBlobBytes: number = 10 * 1024 * 1024;

/** Files that may be looked at at once. */
const atOnce = 256;

/**
 * Files that are new or changed on disk and too large to be taken. Asked before git reads any of them: a sparse file of
 * gigabytes costs nothing to make, and would be hashed and written into the person's repository before it is refused.
 */
export async function findLargeFiles(
  place: GitPlace & { workTree: string },
  { env, links }: { env: Record<string, string>; links: readonly string[] },
): Promise<{ path: string; bytes: number }[]> {
  const args = ["ls-files", "-z", "--others", "--modified", "--exclude-standard", "--", ".", ...links];
  const paths = (await runGit(place, args, { env, expect: "any" })).stdout.split("\0");
  const found: { path: string; bytes: number }[] = [];
  for (let at = 0; at < paths.length; at += atOnce) {
    const some = paths.slice(at, at + atOnce).filter((path) => path !== "");
    const states = await Promise.all(some.map((path) => lstat(join(place.workTree, path)).catch(() => null)));
    for (const [index, state] of states.entries()) {
      if (state?.isFile() && state.size > maxBlobBytes)
        found.push({ path: some[index] ?? "", bytes: state.size });
    }
  }
  return found;
}
