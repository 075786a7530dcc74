import { diffTrees } from "./diff-trees.ts";
import type { ChangeStatus } from "./diff-trees.ts";
import { patchFlags } from "./patch.ts";
import { readGit } from "./read-git.ts";
import type { Repository } from "./repository.ts";
import { runGitBinary } from "./run-git.ts";

/** Bounds what one process hands over: of files that a worker may add, at most 320 MiB. */
const filesAtOnce = 32;

type FileAt = { commit: string; path: string };

/**
 * The file's text at a commit, or null when there is no such file. Bytes that are not UTF-8 become U+FFFD;
 * of a symlink it is the target's path, never the target.
 */
export async function readFileAt(repo: Repository, file: FileAt): Promise<string | null> {
  return (await readFilesAt(repo, [file]))[0] ?? null;
}

/** As `readFileAt`, for each of the files, in order: one process for 32 of them. */
export async function readFilesAt(repo: Repository, files: readonly FileAt[]): Promise<(string | null)[]> {
  const texts: (string | null)[] = [];
  for (let at = 0; at < files.length; at += filesAtOnce) {
    const names = files.slice(at, at + filesAtOnce).map(({ commit, path }) => `${commit}:${path}`);
    const input = names.map((name) => `${name}\0`).join("");
    const { stdout } = await runGitBinary({ cwd: repo.root }, ["cat-file", "--batch", "-z"], { input });
    texts.push(...readBatch(stdout, names));
  }
  return texts;
}

function readBatch(bytes: Uint8Array, names: readonly string[]): (string | null)[] {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let at = 0;
  return names.map((name) => {
    const headerEnd = bytes.indexOf(0x0a, at);
    const header = decoder.decode(bytes.subarray(at, headerEnd));
    const [, type, size] = /^[0-9a-f]+ (blob|tree|commit|tag) (\d+)$/.exec(header) ?? [];
    if (size === undefined) {
      // By its length: a name may have line breaks of its own.
      at += Buffer.byteLength(`${name} missing\n`);
      if (decoder.decode(bytes.subarray(at - " missing\n".length, at)) !== " missing\n")
        throw new Error(`git cat-file says "${header}" of ${name}`);
      return null;
    }
    const start = headerEnd + 1;
    at = start + Number(size) + 1;
    return type === "blob" ? decoder.decode(bytes.subarray(start, at - 1)) : null;
  });
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
