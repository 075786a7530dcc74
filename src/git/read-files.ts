import { diffTrees } from "./diff-trees.ts";
import type { ChangeStatus } from "./diff-trees.ts";
import { patchFlags } from "./patch.ts";
import { readGit } from "./read-git.ts";
import type { Repository } from "./repository.ts";
import { runGitBinary } from "./run-git.ts";

/**
 * The file's text at a commit, or null when there is no such file. Bytes that are not UTF-8 become U+FFFD;
 * of a symlink it is the target's path, never the target.
 */
export async function readFileAt(
  repo: Repository,
  file: { commit: string; path: string },
): Promise<string | null> {
  const input = `${file.commit}:${file.path}\0`;
  const { stdout } = await runGitBinary({ cwd: repo.root }, ["cat-file", "--batch", "-z"], { input });
  const headerEnd = stdout.indexOf(0x0a);
  const header = new TextDecoder().decode(stdout.subarray(0, headerEnd));
  const [, size] = /^[0-9a-f]+ blob (\d+)$/.exec(header) ?? [];
  if (size === undefined) return null;
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(
    stdout.subarray(headerEnd + 1, headerEnd + 1 + Number(size)),
  );
}

/** Every path in a commit's tree, gitlinks too, in git's order. */
export async function listFilesAt(repo: Repository, commit: string): Promise<string[]> {
  const text = await readGit(repo.root, ["ls-tree", "-r", "-z", "--name-only", "--full-tree", commit]);
  return text.split("\0").filter((path) => path !== "");
}

export async function changedFiles(
  repo: Repository,
  range: { from: string; to: string },
): Promise<{ path: string; status: ChangeStatus }[]> {
  return (await diffTrees(repo, range)).map(({ path, status }) => ({ path, status }));
}

/**
 * The patch from one commit or tree to another, limited to `paths` (taken literally; a folder means all in it).
 * No external diff, text conversion or colour, whatever is configured.
 */
export function diffBetween(
  repo: Repository,
  range: { from: string; to: string; paths?: readonly string[]; contextLines?: number },
): Promise<string> {
  return readGit(repo.root, [
    "--literal-pathspecs",
    ...patchFlags,
    `--unified=${range.contextLines ?? 3}`,
    range.from,
    range.to,
    "--",
    ...(range.paths ?? []),
  ]);
}
