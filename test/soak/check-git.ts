import type { RunEvent } from "../../src/core/event.ts";
import { integrationBranch } from "../../src/core/run-state.ts";
import { git } from "../support/git.ts";
import type { Project } from "../support/project.ts";
import { sharedFileOf } from "./actor.ts";

type Told = { seed: string; run: string; journal: readonly RunEvent[]; isOver: boolean };

/**
 * Every merge that was reported is in git exactly once, with what it was to bring. One that has landed and was not reported
 * yet is only there while the run is not over: its dispatcher was killed in between.
 */
export function checkMerges({ root }: Project, { seed, run, journal, isOver }: Told): string[] {
  const [first] = journal;
  if (first?.type !== "run.started") return ["the journal does not begin with run.started"];
  const branch = integrationBranch(run);
  const landed = git(
    root,
    "log",
    "--first-parent",
    "--format=%H %(trailers:key=Agentx-Task,valueonly,separator=)",
    `${first.base.commit}..${branch}`,
  )
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => ({ commit: line.slice(0, 40), task: line.slice(41).trim() }));
  const told = journal.filter((event) => event.type === "task.merged");
  const problems = [
    ...told.flatMap(({ task, commit }) => {
      const count = landed.filter((one) => one.task === task).length;
      const isThere = landed.some((one) => one.task === task && one.commit === commit);
      return count === 1 && isThere
        ? []
        : [`${task} was reported as merged (${commit}) and is in git ${count} times`];
    }),
    ...twice(told.map(({ task }) => task)).map((task) => `${task} was reported as merged twice`),
  ];
  const untold = landed.filter((one) => !told.some(({ task }) => task === one.task));
  if (isOver || untold.length > 1)
    problems.push(...untold.map(({ task }) => `${task} is in git and was not reported`));
  return [...problems, ...checkContent(root, { seed, branch, tasks: told.map(({ task }) => task) })];
}

function checkContent(
  root: string,
  { seed, branch, tasks }: { seed: string; branch: string; tasks: string[] },
): string[] {
  const done = new Set(git(root, "ls-tree", "--name-only", `${branch}:done`).split("\n"));
  const lines: Record<string, string[]> = Object.fromEntries(
    ["a", "b"].map((file) => [file, git(root, "show", `${branch}:shared/${file}.txt`).split("\n")]),
  );
  return tasks.flatMap((task) => {
    if (!done.has(`${task}.txt`)) return [`${task} was merged and its file is not there`];
    const shared = sharedFileOf(seed, task);
    const count = shared === null ? 1 : (lines[shared]?.filter((line) => line === task).length ?? 0);
    return count === 1 || (count === 0 && isGuests(root, branch, task))
      ? []
      : [`the line of ${task} is ${count} times in shared/${shared}.txt`];
  });
}

/** The other kind of worker says so in its file, and writes nothing into shared ones. */
function isGuests(root: string, branch: string, task: string): boolean {
  return git(root, "show", `${branch}:done/${task}.txt`).includes("guest");
}

function twice(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}
