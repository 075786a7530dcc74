import { BoundedMap } from "../../sys/bounded-map.ts";
import { diffTrees } from "./diff-trees.ts";
import type { ChangeStatus } from "./diff-trees.ts";
import { patchFlags } from "./patch.ts";
import { readGit } from "../processes/read-git.ts";
import { treeOf } from "./tree-of.ts";
import { readObject } from "./read-objects.ts";
import { listPaths } from "./read-trees.ts";
import type { Repository } from "../repository.ts";
import { smallPatch } from "./small-patch.ts";

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

type FileAt = { commit: string; path: string };

/**
 * The file's text at a commit, or null when there is no such file. Bytes that are not UTF-8 become U+FFFD;
 * of a symlink it is the target's path, never the target.
 */
export async function readFileAt(repo: Repository, { commit, path }: FileAt): Promise<string | null> {
  const found = await readObject(repo, `${commit}:${path}`);
  return found?.type === "blob" ? utf8.decode(found.content) : null;
}

/** As `readFileAt`, for each of the files, in order. */
export function readFilesAt(repo: Repository, files: readonly FileAt[]): Promise<(string | null)[]> {
  return Promise.all(files.map((file) => readFileAt(repo, file)));
}

/** Every path in a commit's tree, gitlinks too, in git's order. */
export async function listFilesAt(repo: Repository, commit: string): Promise<readonly string[]> {
  return listPaths(repo, await treeOf(repo, commit));
}

export async function changedFiles(
  repo: Repository,
  range: { from: string; to: string },
): Promise<{ path: string; status: ChangeStatus }[]> {
  return (await diffTrees(repo, range)).map(({ path, status }) => ({ path, status }));
}

/** Of patches that were made lately, the characters. The same is wanted some four times for each attempt at a task. */
const maxKept = 4 * 1024 * 1024;

const kept = new WeakMap<Repository, BoundedMap<string>>();

/**
 * The patch from one commit or tree to another, limited to `paths` (taken literally; a folder means all in it).
 * No external diff, text conversion or colour, whatever is configured.
 */
export async function diffBetween(
  repo: Repository,
  range: { from: string; to: string; paths?: readonly string[]; contextLines?: number },
): Promise<string> {
  const { paths = [], contextLines = 3 } = range;
  const [from = "", to = ""] = await Promise.all([range.from, range.to].map((name) => treeOf(repo, name)));
  if (from === to) return "";
  const patches = kept.get(repo) ?? new BoundedMap<string>(maxKept);
  kept.set(repo, patches);
  const name = JSON.stringify([from, to, paths, contextLines]);
  const known = patches.get(name);
  if (known !== undefined) return known;
  const small = paths.length === 0 && contextLines === 3 ? await smallPatch(repo, { from, to }) : null;
  const args = ["--literal-pathspecs", ...patchFlags, `--unified=${contextLines}`, from, to, "--", ...paths];
  const patch = small ?? (await readGit(repo.root, args));
  patches.set(name, patch, patch.length);
  return patch;
}
