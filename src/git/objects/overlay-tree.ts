import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeTree } from "../../sys/remove-tree.ts";
import { readGit } from "../processes/read-git.ts";
import type { Repository } from "../repository.ts";
import { runGit } from "../processes/run-git.ts";

export type Overlay = {
  commit: string;
  /** The full id of the commit whose files lie over the others. */
  base: string;
  /** Relative to the root and taken literally; what the base does not have is left out of the result. */
  paths: readonly string[];
};

/** A commit's tree with some files as another commit has them. No checkout, and no index but one of its own, is touched. */
export async function overlayTree(repo: Repository, { commit, base, paths }: Overlay): Promise<string> {
  const there = await entriesAt(repo, base, paths);
  const folder = await mkdtemp(join(tmpdir(), "agentx-overlay-"));
  try {
    const place = { cwd: repo.root };
    const env = { GIT_INDEX_FILE: join(folder, "index") };
    await runGit(place, ["read-tree", commit], { env });
    // All go before any comes: a folder may have taken a file's place.
    const gone = paths.map((path) => `0 ${"0".repeat(base.length)}\t${path}\0`);
    const come = paths.flatMap((path) => there.get(path) ?? []).map((entry) => `${entry}\0`);
    const input = [...gone, ...come].join("");
    await runGit(place, ["update-index", "--replace", "-z", "--index-info"], { env, input });
    return (await runGit(place, ["write-tree"], { env })).stdout.trim();
  } finally {
    await removeTree(folder);
  }
}

/** Path → `mode type id\tpath`, as `update-index --index-info` takes it. */
async function entriesAt(
  repo: Repository,
  commit: string,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const args = ["--literal-pathspecs", "ls-tree", "-z", "--full-tree", commit, "--", ...paths];
  const entries = (await readGit(repo.root, args)).split("\0").filter((entry) => entry !== "");
  return new Map(entries.map((entry) => [entry.slice(entry.indexOf("\t") + 1), entry]));
}
