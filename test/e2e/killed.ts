import { expect } from "vitest";
import { commitFiles, git, type Project, type Ran, type Started } from "./project.ts";
import { processesWith, until } from "../support/processes.ts";
import { type Served, smallProject } from "./small-run.ts";

/** Ends the dispatcher as a crash would, and waits until nothing of it is left. */
export async function kill(project: Project, started: Started): Promise<Ran> {
  started.child.kill("SIGKILL");
  const ran = await started.ended;
  // Every process of the sandbox has the project's folder in its command line or environment.
  await until(() => processesWith(project.folder).length === 0);
  return ran;
}

/** What a person sees at the end: each task's state, the commits on their branch, and its files. */
export type Outcome = { tasks: string[]; history: string[]; tree: string };

export async function outcomeOf(project: Project): Promise<Outcome> {
  const { stdout } = await project.agentx(["status", "--json"]);
  const status = JSON.parse(stdout) as { tasks: { id: string; state: string; attempts: number }[] };
  return {
    tasks: status.tasks.map(({ id, state, attempts }) => `${id} ${state} ${attempts}`),
    // Tasks that do not need each other land in either order.
    history: git(project.root, "log", "--format=%s", "main").split("\n").toSorted(),
    tree: git(project.root, "rev-parse", "main^{tree}"),
  };
}

export type Scenario = { plan: string; files?: Record<string, string> };

/** A project whose plan is committed, so that nothing in the checkout differs but the ticks. */
export function projectFor({ plan, files = {} }: Scenario): Project {
  const project = smallProject(files);
  commitFiles(project.root, { "plan.md": plan }, "plan");
  return project;
}

export const dispatchArgs: string[] = ["dispatch", "plan.md", "--yes", "--json"];

/** The same plan in a project of its own, run to the end without a disturbance. */
export async function undisturbed(scenario: Scenario, { env }: Pick<Served, "env">): Promise<Outcome> {
  const project = projectFor(scenario);
  const ran = await project.agentx(dispatchArgs, { env });
  expect(ran.stderr).toBe("");
  expect(ran.exitCode).toBe(0);
  return outcomeOf(project);
}

/** Calls that came more than once, each as often as it was repeated. */
export function repeated(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}
