import { join } from "node:path";
import { checkoutPlace } from "../checkouts/checkout-place.ts";
import { isHalfFilled } from "../checkouts/half-filled.ts";
import { quietConfig } from "../processes/quiet-config.ts";
import type { Repository } from "../repository.ts";
import { runGit } from "../processes/run-git.ts";
import type { Worktree } from "../worktree.ts";

/** Whether a task's worktree holds changes since the worker last handed over. Takes no lock, so a worker may be at it. */
export async function holdsUnsavedWork(
  worktree: Worktree,
  { repo, home }: { repo: Repository; home: string },
): Promise<boolean> {
  if (isHalfFilled(worktree)) return false;
  const quiet = [...(await quietConfig(repo)), `core.excludesFile=${join(home, "ignore")}`];
  // Looking into submodules would start processes inside them.
  const flags = ["--porcelain", "-z", "--no-renames", "--untracked-files=normal", "--ignore-submodules=all"];
  const exit = await runGit(checkoutPlace(worktree, quiet), ["status", ...flags], { expect: "any" });
  // What is staged is known and does not count.
  return exit.exitCode !== 0 || exit.stdout.split("\0").some((entry) => entry !== "" && entry[1] !== " ");
}
