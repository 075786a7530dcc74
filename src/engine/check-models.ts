import { resolve } from "node:path";
import { AgentxError, type Problem } from "../core/error.ts";
import { placeAt } from "../core/place.ts";
import { type Plan, type Role, roles, type Task } from "../core/plan.ts";
import type { RunSettings } from "../core/run-settings.ts";
import { ModelError } from "../models/model.ts";
import { resolveModel } from "../models/open-model.ts";
import { modelsFor } from "./run-models.ts";
import type { Workspace } from "./workspace.ts";

/** Who will be called: for a plan its tasks' roles and what follows from them, for a text the planner and a change's. */
export function rolesOf(plan: Plan | null): Role[] {
  const change: Role[] = ["implement", "review", "resolve"];
  if (plan === null) return ["plan", ...change];
  const asked = new Set<Role>(openTasks(plan).map((task) => task.role));
  return [...asked, ...(asked.has("implement") ? change : [])].filter(
    (role, at, all) => all.indexOf(role) === at,
  );
}

/**
 * Looks at every model that is named before anything starts: its form, its provider, its script. Of those that are
 * needed for a role one has to have its key. Nothing is asked over the network.
 * @param needed roles whose models are called
 * @throws AgentxError BAD_MODEL or NO_KEY, with every problem
 */
export async function checkModels(
  workspace: Workspace,
  { settings, plan, needed }: { settings: RunSettings; plan: Plan | null; needed: readonly Role[] },
): Promise<void> {
  const own = plan === null ? [] : openTasks(plan).filter((task) => task.model !== undefined);
  const lists: Named[] = [
    ...roles.map((role) => ({
      where: `models.${role}`,
      models: settings.models[role],
      isNeeded: needed.includes(role),
    })),
    ...own.map((task) => ofTask(task, { settings, plan })),
  ];
  const found = new Map<string, Found>();
  for (const id of lists.flatMap(({ models }) => models)) {
    if (!found.has(id)) found.set(id, await look(id, { workspace, settings }));
  }
  const bad = once(lists.flatMap(({ where, models }) => models.flatMap((id) => badIn(found.get(id), where))));
  if (bad.length > 0) throw new AgentxError("BAD_MODEL", bad);
  const keyless = lists.filter(
    ({ models, isNeeded }) => isNeeded && models.every((id) => found.get(id)?.type === "noKey"),
  );
  const lost = once(
    keyless.flatMap(({ where, models }) => models.flatMap((id) => keyIn(found.get(id), where))),
  );
  if (lost.length > 0) throw new AgentxError("NO_KEY", lost);
}

type Named = { where: string; models: string[]; isNeeded: boolean };

type Found =
  | { type: "ready" }
  | { type: "bad"; what: string; hint: string }
  | { type: "noKey"; what: string };

function openTasks({ tasks }: Plan): Task[] {
  return tasks.filter((task) => !task.done);
}

function ofTask(task: Task, { settings, plan }: { settings: RunSettings; plan: Plan | null }): Named {
  const where = placeAt(plan?.source.file ?? "", task.line);
  return { where, models: modelsFor(settings, { role: task.role, task }), isNeeded: true };
}

type Around = { workspace: Workspace; settings: RunSettings };

async function look(id: string, { workspace, settings }: Around): Promise<Found> {
  const { env, repo } = workspace;
  try {
    const { api, model } = resolveModel({ id, providers: settings.providers, env });
    if (api === "scripted") {
      const { loadScript } = await import("../models/script.ts");
      await loadScript(resolve(repo.root, model));
    }
    return { type: "ready" };
  } catch (error) {
    if (error instanceof ModelError && error.kind === "auth") {
      return { type: "noKey", what: `${id}: ${error.message}` };
    }
    const hint = "name another with --model or in agentx.yaml; docs/models.md lists the providers";
    if (error instanceof ModelError) return { type: "bad", what: error.message, hint };
    if (!(error instanceof AgentxError)) throw error;
    const [first] = error.problems;
    return { type: "bad", what: `${id}: ${first?.where}: ${first?.what}`, hint: first?.hint ?? "" };
  }
}

function badIn(found: Found | undefined, where: string): Problem[] {
  return found?.type === "bad" ? [{ where, what: found.what, hint: found.hint }] : [];
}

function keyIn(found: Found | undefined, where: string): Problem[] {
  const hint = "set it, or name a model of another provider with --model or in agentx.yaml";
  return found?.type === "noKey" ? [{ where, what: found.what, hint }] : [];
}

/** One model that is bad for many roles is said once. */
function once(problems: readonly Problem[]): Problem[] {
  return problems.filter(({ what }, at) => problems.findIndex((one) => one.what === what) === at);
}
