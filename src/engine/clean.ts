import { existsSync } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { AgentxError } from "../core/error.ts";
import { hasEnded, type RunState } from "../core/run-state.ts";
import { listWorktrees } from "../git/worktrees/list-worktrees.ts";
import { createWorktreePool, type WorktreePool } from "../git/worktrees/worktree-pool.ts";
import type { Journal } from "../journal/journal.ts";
import { removeTree } from "../sys/remove-tree.ts";
import { cleanBranches, type CleanedBranches } from "./clean-branches.ts";
import { loadRun, readJournal } from "./load-run.ts";
import { lockRepository, untilGitIsDone } from "./lock-repository.ts";
import { installsFolder } from "./set-up-ports.ts";
import type { Workspace } from "./workspace.ts";

export type Cleaned = CleanedBranches & {
  runs: string[];
  /** Folders that are gone. */
  removed: string[];
  /** Refs that hold unsaved work which was found in a worktree. */
  rescued: string[];
};

type Wanted = { run: string | null; all: boolean; now: number };

/**
 * Removes what finished runs, plannings and gates have left: worktrees, scratch, and branches whose work is safe elsewhere. The journal, the
 * reports, and every branch of the person's stay. May be repeated.
 * @throws AgentxError NO_RUNS, UNKNOWN_RUN, RUN_NOT_FINISHED, DISPATCHER_RUNNING
 */
export async function clean(workspace: Workspace, wanted: Wanted): Promise<Cleaned> {
  const { home } = workspace;
  // Asked before the lock is taken, since taking it makes the folder.
  lookAtRuns(workspace, wanted);
  // Held, not only looked at: nobody may start on a worktree that is being removed.
  using _lock = lockRepository(workspace, { since: wanted.now, command: "agentx clean" });
  await untilGitIsDone(workspace);
  const { runs, unfinished } = lookAtRuns(workspace, wanted);
  const trees = await removeWorktrees(workspace, unfinished);
  const removed = [...trees.removed, ...(await removeGateCheckouts(workspace))];
  await removeTree(join(workspace.home, "gits"));
  const installs = join(home, installsFolder);
  if (await removeIfThere(installs)) removed.push(installs);
  const branches: CleanedBranches = { deleted: [], kept: [] };
  for (const state of runs) {
    for (const folder of [join(home, "scratch", state.run), join(home, "agents", state.run)])
      if (await removeIfThere(folder)) removed.push(folder);
    const { deleted, kept } = await cleanBranches(workspace, state);
    branches.deleted.push(...deleted);
    branches.kept.push(...kept);
  }
  return { runs: runs.map(({ run }) => run), removed, rescued: trees.rescued, ...branches };
}

function lookAtRuns(workspace: Workspace, wanted: Wanted): { runs: RunState[]; unfinished: RunState[] } {
  try {
    return readJournal(workspace, (journal) => ({
      runs: chooseRuns(journal, wanted),
      unfinished: unfinishedRuns(journal),
    }));
  } catch (error) {
    // Plans and gates have a checkout too, and may be all that ever ran here.
    const isOnlyRunless = error instanceof AgentxError && error.code === "NO_RUNS" && wanted.run === null;
    if (isOnlyRunless && existsSync(gatesFolder(workspace))) return { runs: [], unfinished: [] };
    throw error;
  }
}

function chooseRuns(journal: Journal, { run, all }: Wanted): RunState[] {
  if (all) return finished(journal, true).map(({ run: name }) => loadRun(journal, name).state);
  const { state } = loadRun(journal, run);
  if (state.phase === "finished") return [state];
  throw new AgentxError("RUN_NOT_FINISHED", {
    where: state.run,
    what: "the run is not finished, so its worktrees and branches are still needed",
    hint: `agentx resume ${state.run} goes on with it; agentx clean --all cleans up after the runs that are finished`,
  });
}

function unfinishedRuns(journal: Journal): RunState[] {
  return finished(journal, false).map(({ run }) => loadRun(journal, run).state);
}

function finished(journal: Journal, isFinished: boolean): { run: string }[] {
  return journal.runs().filter(({ finishedAt }) => (finishedAt !== null) === isFinished);
}

async function removeWorktrees(
  { repo, home }: Workspace,
  unfinished: readonly RunState[],
): Promise<{ removed: string[]; rescued: string[] }> {
  const pool = createWorktreePool({ repo, home });
  const inUse = new Set(unfinished.flatMap(worktreesOf));
  // Git lists real paths.
  const standing = new Map((await listWorktrees(repo)).map(({ path, branch }) => [path, branch]));
  const root = join(await realpath(home).catch(() => home), "worktrees");
  const removed: string[] = [];
  const rescued: string[] = [];
  for (const name of await readdir(root).catch(() => [])) {
    const path = join(root, name);
    const branch = standing.get(path) ?? "";
    // A failed task has given its number back, but what it left there may still be looked at.
    const isNeeded =
      inUse.has(Number(name)) || unfinished.some(({ run }) => branch.startsWith(`agentx/${run}/`));
    if (!/^\d+$/.test(name) || isNeeded) continue;
    rescued.push(...(await rescueAndRemove(pool, Number(name))));
    removed.push(path);
  }
  await pool.prune();
  return { removed, rescued };
}

async function rescueAndRemove(pool: WorktreePool, number: number): Promise<string[]> {
  const rescued = await pool.remove(number);
  return rescued === null ? [] : [rescued];
}

function worktreesOf({ tasks }: RunState): number[] {
  return [...tasks.values()].flatMap(({ worktree, state }) =>
    worktree === null || hasEnded(state) ? [] : [worktree],
  );
}

/** Copies of commits for gates and reviews: nothing in them is anybody's work, and no dispatcher runs. */
async function removeGateCheckouts(workspace: Workspace): Promise<string[]> {
  const { repo, home } = workspace;
  const folder = gatesFolder(workspace);
  if (!(await removeIfThere(folder))) return [];
  await createWorktreePool({ repo, home }).prune();
  return [folder];
}

function gatesFolder({ home }: Workspace): string {
  return join(home, "gates");
}

async function removeIfThere(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => null);
  if (names === null) return false;
  await removeTree(folder);
  return true;
}
