import type { HealthRow } from "../../core/health.ts";
import type { Env } from "../../sys/paths.ts";
import { openWorkspace } from "../workspace.ts";
import { checkAgents } from "./check-agents.ts";
import { checkJournal } from "./check-journal.ts";
import { checkMachine } from "./check-machine.ts";
import { checkProject } from "./check-project.ts";
import { checkRepository } from "./check-repository.ts";
import { rowsOf } from "./row.ts";

/** Everything that a run would need, looked at and not touched. Outside of a repository only the machine is examined. */
export async function examine(cwd: string, env: Env): Promise<HealthRow[]> {
  const [here, machine] = await Promise.all([examineRepository(cwd, env), checkMachine(cwd, env)]);
  return [...here, ...machine];
}

async function examineRepository(cwd: string, env: Env): Promise<HealthRow[]> {
  try {
    const workspace = await openWorkspace(cwd, env);
    const [repository, project] = await Promise.all([checkRepository(workspace), checkProject(workspace)]);
    return [...repository, ...checkJournal(workspace), ...project];
  } catch (error) {
    return [...rowsOf("repository", error), ...(await checkAgents(env, null))];
  }
}
