import { readdirSync } from "node:fs";
import { join } from "node:path";
import { integrationBranch, type RunState } from "../../src/core/run-state.ts";
import type { RunEvent } from "../../src/core/event.ts";
import { loadRun } from "../../src/engine/load-run.ts";
import { openJournal } from "../../src/journal/journal.ts";
import { git } from "../support/git.ts";
import { processesWith } from "../support/processes.ts";
import { eventsOfType, type Project } from "../support/project.ts";

/** What a run came to, in everything that a crash must not change. */
export type Outcome = {
  /** How often a run was begun. */
  runs: number;
  /** Each task with its state. */
  tasks: string[];
  /** Subjects of the person's branch, by the alphabet: tasks that do not need each other land in either order. */
  history: string[];
  tree: string;
  /** What git says of the person's checkout. */
  checkout: string;
  /** What git finds wrong in its folder. */
  fsck: string;
  /** Where journal and git do not agree. */
  disagreements: string[];
  /** Files and folders of the repository and of agentx, data and what names itself after a process or a run left out. */
  files: string[];
  /** Processes that are still there. */
  processes: number[];
};

export async function outcomeOf(project: Project): Promise<Outcome> {
  const { root, folder } = project;
  using journal = openJournal({ folder: join(root, ".agentx"), readOnly: true });
  const { state, events } = loadRun(journal, null);
  return {
    runs: journal.runs().length,
    tasks: [...state.tasks.values()].map((record) => `${record.task.id} ${record.state.type}`),
    history: git(root, "log", "--format=%s", "main").split("\n").toSorted(),
    tree: git(root, "rev-parse", "main^{tree}"),
    checkout: git(root, "status", "--porcelain", "--untracked-files=all"),
    fsck: git(root, "fsck", "--strict", "--no-dangling", "--no-progress"),
    disagreements: disagreementsOf(root, { state, events }),
    files: filesOf(folder, state.run),
    processes: processesWith(folder),
  };
}

type Loaded = { state: RunState; events: readonly RunEvent[] };

/** Every merge that was reported is in git exactly once, and nothing else is. */
function disagreementsOf(root: string, { state, events }: Loaded): string[] {
  const integration = integrationBranch(state.run);
  const inGit = git(root, "log", "--format=%H %(trailers:key=Agentx-Task,valueonly,separator=)", integration)
    .split("\n")
    .filter((line) => !line.endsWith(" "))
    .toReversed();
  const reported = eventsOfType(events, "task.merged").map(({ commit, task }) => `${commit} ${task}`);
  const delivered = eventsOfType(events, "run.delivered").map(({ delivery }) => delivery.type);
  return [
    ...(inGit.join() === reported.join() ? [] : [`git has ${inGit.join()}, the journal ${reported.join()}`]),
    ...(git(root, "rev-parse", "main") === git(root, "rev-parse", integration) ? [] : ["main is elsewhere"]),
    ...(state.phase === "finished" ? [] : [`the run is ${state.phase}`]),
    ...(delivered.join() === "fast-forwarded" ? [] : [`delivered: ${delivered.join()}`]),
  ];
}

/**
 * What depends on which commits there were, and in which order tasks came: objects, reflogs, checkouts, rescued work. And
 * the lock's own files: after a kill past the last event nobody takes it again, and without a holder they say nothing.
 */
const varying =
  /(dispatcher\.json|lock\.db-journal)$|^\.git\/(objects|logs|worktrees\/[^/]+\/(logs|ORIG_HEAD)|refs\/agentx\/rescue)|\.agentx\/(journal\.db-|runs\/[^/]+\/gates\/)|^repo-[^/]+\/((worktrees|gates|gits)\/[^/]+|scratch\/[^/]+\/[^/]+)\/(?!index\.)/;

function filesOf(folder: string, run: string): string[] {
  return ["repo", "state"]
    .flatMap((part) => readdirSync(join(folder, part), { recursive: true, encoding: "utf8" }))
    .filter((path) => !varying.test(path))
    .map((path) => path.replaceAll(run, "<run>").replace(/^repo-[0-9a-f]+/, "<home>"))
    .toSorted();
}
