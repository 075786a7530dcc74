import { join } from "node:path";
import { quietConfig } from "./quiet-config.ts";
import type { Repository } from "./repository.ts";
import { isUntouched } from "./rescue-work.ts";
import type { Worktree } from "./worktree.ts";

/** Whether a task's worktree holds changes since the worker last handed over. Takes no lock, so a worker may be at it. */
export async function holdsUnsavedWork(
  worktree: Worktree,
  { repo, home }: { repo: Repository; home: string },
): Promise<boolean> {
  const quiet = [...(await quietConfig(repo)), `core.excludesFile=${join(home, "ignore")}`];
  return !(await isUntouched(worktree, quiet));
}
