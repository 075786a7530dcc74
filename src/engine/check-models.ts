import { asksGateway } from "../core/agent-spec.ts";
import { resolve } from "node:path";
import { AgentxError, type Problem } from "../core/error.ts";
import { placeAt } from "../core/place.ts";
import { roles } from "../core/plan.ts";
import type { RunSettings } from "../core/run-settings.ts";
import { ModelError } from "../models/model.ts";
import { resolveModel } from "../models/open-model.ts";
import { type Demand, type Demanding, demandsOf } from "./demands.ts";
import { misfitOf } from "./misfit.ts";
import { modelsFor } from "../core/role-models.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Looks at every model that is named before anything starts: its form, its provider, its script. Whoever is going to work
 * has to have a model that its agent can speak to, and that has its key. Nothing is asked over the network.
 * @throws AgentxError BAD_MODEL, MODEL_MISFIT, NO_MODEL or NO_KEY, with every problem
 */
export async function checkModels(workspace: Workspace, demanding: Demanding): Promise<void> {
  const { settings } = demanding;
  const found = new Map<string, Found>();
  const lookAt = async (id: string): Promise<Found> => {
    const known = found.get(id) ?? (await look(id, { workspace, settings }));
    found.set(id, known);
    return known;
  };
  const bad: Problem[] = [];
  for (const { where, model } of everyModel(demanding)) {
    const seen = await lookAt(model);
    if (seen.type === "bad") bad.push({ where, what: seen.what, hint: seen.hint });
  }
  if (bad.length > 0) throw new AgentxError("BAD_MODEL", once(bad));
  const demands = demandsOf(demanding);
  const misfits = demands.flatMap((demand) => misfitOf(demand, settings) ?? []);
  if (misfits.length > 0) throw new AgentxError("MODEL_MISFIT", once(misfits));
  const lacking: Problem[] = [];
  const lost: Problem[] = [];
  for (const demand of demands.filter(({ spec }) => !spec || asksGateway(spec))) {
    const models = modelsFor(settings, demand);
    if (models.length === 0) lacking.push(withoutModel(demand));
    const seen = await Promise.all(models.map(lookAt));
    const hint = "set it, or name a model of another provider with --model or in agentx.yaml";
    const keys = seen.flatMap((one) => (one.type === "noKey" ? [one.what] : []));
    if (keys.length === seen.length)
      lost.push(...keys.map((what) => ({ where: demand.modelsAt, what, hint })));
  }
  if (lacking.length > 0) throw new AgentxError("NO_MODEL", once(lacking));
  if (lost.length > 0) throw new AgentxError("NO_KEY", once(lost));
}

type Found =
  | { type: "ready" }
  | { type: "bad"; what: string; hint: string }
  | { type: "noKey"; what: string };

function everyModel({ settings, plan }: Demanding): { where: string; model: string }[] {
  const open = plan?.tasks.filter((task) => !task.done) ?? [];
  const file = plan?.source.file ?? "";
  return [
    ...roles.flatMap((role) => settings.models[role].map((model) => ({ where: `models.${role}`, model }))),
    ...open.flatMap(({ model, line }) => (model === undefined ? [] : { where: placeAt(file, line), model })),
    ...Object.entries(settings.programs).flatMap(([name, { model }]) =>
      model === null ? [] : { where: `programs.${name}.model`, model },
    ),
  ];
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

function withoutModel({ role, modelsAt }: Demand): Problem {
  return {
    where: modelsAt,
    what: `there is no model for ${role}: no key is set, and nothing names one`,
    hint: `set a key, name a model, or give ${role} in agents a program with a login of its own (credentials: own)`,
  };
}

/** One model that is bad for many roles is said once. */
function once(problems: readonly Problem[]): Problem[] {
  return problems.filter(({ what }, at) => problems.findIndex((one) => one.what === what) === at);
}
