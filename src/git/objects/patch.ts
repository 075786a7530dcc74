import type { Repository } from "../repository.ts";
import { runGitBinary } from "../processes/run-git.ts";

/** A patch and nothing but: no external diff, text conversion or colour, whatever is configured. */
export const patchFlags: readonly string[] = [
  "diff-tree",
  "-r",
  "-p",
  "--no-ext-diff",
  "--no-textconv",
  "--no-color",
  "--no-renames",
  "--submodule=short",
];

/**
 * The patch from one commit to another, byte for byte, whatever the encoding of the files.
 * @param range `binary`: with the content of binary files, so that `git apply` takes all of it; else they are only named.
 */
export async function patchBetween(
  repo: Repository,
  range: { from: string; to: string; binary: boolean },
): Promise<Uint8Array> {
  const { stdout } = await runGitBinary({ cwd: repo.root }, [
    ...patchFlags,
    ...(range.binary ? ["--binary"] : []),
    range.from,
    range.to,
    "--",
  ]);
  return stdout;
}
