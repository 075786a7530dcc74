import { exactFiles } from "../processes/quiet-config.ts";
import { runGit } from "../processes/run-git.ts";
import type { Checkout } from "../worktree.ts";

/**
 * What of a checkout is new or changed besides kept folders, such as generated code or a build's output.
 * @returns lines as `git status --porcelain` has them; a folder that git ignores is one line
 */
export async function madeBesides({ path, gitDir }: Pick<Checkout, "path" | "gitDir">): Promise<string[]> {
  const place = { cwd: path, gitDir, workTree: path, config: [...exactFiles] };
  const args = ["status", "--porcelain", "-z", "--no-renames", "--ignored=matching", "--untracked-files=all"];
  const { stdout } = await runGit(place, args);
  return stdout
    .split("\0")
    .filter((line) => line !== "" && !/(^|[ /])(node_modules|\.venv)(\/|$)/.test(line));
}
