import { AgentxError } from "../core/error.ts";
import { openRepository } from "../git/repository.ts";
import { listWorktrees } from "../git/worktrees/list-worktrees.ts";
import { lookForFolder } from "./look-for-folder.ts";

/** NO_RUNS, with the other checkouts of the repository that have runs as the next step; any other error as it is. */
export async function pointToRuns(error: AgentxError, cwd: string): Promise<AgentxError> {
  if (error.code !== "NO_RUNS") return error;
  const others = await checkoutsWithRuns(cwd);
  if (others.length === 0) return error;
  const hint = `there are runs of this repository in ${others.join(" and ")}: run it there`;
  return new AgentxError(
    error.code,
    error.problems.map((problem) => ({ ...problem, hint })),
    error.exitCode,
  );
}

/** None where there is no repository either, which another error says. */
async function checkoutsWithRuns(cwd: string): Promise<string[]> {
  try {
    const repo = await openRepository(cwd);
    const paths = (await listWorktrees(repo)).map(({ path }) => path);
    return paths.filter((path) => path !== repo.root && lookForFolder(path) !== null);
  } catch (error) {
    if (error instanceof AgentxError) return [];
    throw error;
  }
}
