import { asksGateway } from "../core/agent-spec.ts";
import { resolve } from "node:path";
import { AgentxError, type Problem } from "../core/error.ts";
import { roles } from "../core/plan.ts";
import { modelsFor } from "../core/role-models.ts";
import type { RunSettings } from "../core/run-settings.ts";
import { ModelError } from "../models/model.ts";
import { resolveModel } from "../models/open-model.ts";
import { type Demand, type Demanding, demandsOf, openTasks } from "./demands.ts";
import { misfitOf } from "./misfit.ts";
import { modelFlag, placeOfModel } from "./place-of-model.ts";
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
  for (const { place, model } of everyModel(demanding)) {
    const seen = await lookAt(model);
    if (seen.type !== "bad") continue;
    bad.push({ where: place ?? "", what: seen.what, hint: seen.hint ?? `name another ${atPlace(place)}` });
  }
  if (bad.length > 0) throw new AgentxError("BAD_MODEL", once(bad));
  const demands = demandsOf(demanding);
  const misfits = demands.flatMap((demand) => misfitOf(demand, demanding) ?? []);
  if (misfits.length > 0) throw new AgentxError("MODEL_MISFIT", once(misfits));
  const lacking: Problem[] = [];
  const lost: Problem[] = [];
  for (const demand of demands.filter(({ spec }) => !spec || asksGateway(spec))) {
    const models = modelsFor(settings, demand);
    if (models.length === 0) lacking.push(withoutModel(demand));
    const seen = await Promise.all(models.map(lookAt));
    const keyless = seen.flatMap((one) => (one.type === "noKey" ? [one] : []));
    if (keyless.length === seen.length)
      lost.push(...keyless.map((one) => withoutKey(one, demand, placeOfModel(one.model, demand, demanding))));
  }
  if (lacking.length > 0) throw new AgentxError("NO_MODEL", once(lacking));
  if (lost.length > 0) throw new AgentxError("NO_KEY", once(lost));
}

type NoKey = { type: "noKey"; model: string; why: string };
/** @property hint null where another model is what helps */
type Found = { type: "ready" } | { type: "bad"; what: string; hint: string | null } | NoKey;

function everyModel(demanding: Demanding): { place: string | null; model: string }[] {
  const { settings, plan } = demanding;
  const open = plan === null ? [] : openTasks(plan);
  const nobody = { task: null, agent: "", spec: null };
  return [
    ...roles.flatMap((role) =>
      settings.models[role].map((model) => ({
        model,
        place: placeOfModel(model, { role, ...nobody }, demanding),
      })),
    ),
    ...open.flatMap((task) =>
      task.model === undefined
        ? []
        : {
            model: task.model,
            place: placeOfModel(task.model, { ...nobody, role: task.role, task }, demanding),
          },
    ),
    ...Object.entries(settings.programs).flatMap(([agent, { model }]) =>
      model === null ? [] : { model, place: demanding.places.programModels.get(agent) ?? null },
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
    if (error instanceof ModelError && error.kind === "auth")
      return { type: "noKey", model: id, why: error.message };
    if (error instanceof ModelError) return { type: "bad", what: error.message, hint: null };
    if (!(error instanceof AgentxError)) throw error;
    const [first] = error.problems;
    return { type: "bad", what: `${id}: ${first?.where}: ${first?.what}`, hint: first?.hint ?? "" };
  }
}

/** Where the person can name another model than the one that is written at `place`, or than a default. */
function atPlace(place: string | null): string {
  if (place === modelFlag) return `with ${modelFlag}`;
  return place === null ? `with ${modelFlag} or under models in agentx.yaml` : "there";
}

function withoutKey({ model, why }: NoKey, { agent, spec, agentAt }: Demand, place: string | null): Problem {
  // Nobody named a model: it may be that none is asked.
  const mayAskNone = place === null && spec?.type === "command";
  const otherwise = mayAskNone ? `; where ${agent} asks no model, give it credentials: none` : "";
  const asDefault = spec ? `which ${agent} gets` : "the default";
  return {
    where: place ?? (spec ? agentAt : ""),
    what: place === null ? `${model}, ${asDefault} where no model is named: ${why}` : `${model}: ${why}`,
    hint: `set it, or name a model of another provider ${atPlace(place)}${otherwise}`,
  };
}

function withoutModel({ role, spec, agentAt }: Demand): Problem {
  return {
    where: spec ? agentAt : "",
    what: `there is no model for ${role}: no key is set, and nothing names one`,
    hint: `set a key, name a model, or give ${role} in agents a program with a login of its own (credentials: own)`,
  };
}

/** One model that is bad for many roles is said once. */
function once(problems: readonly Problem[]): Problem[] {
  return problems.filter(({ what }, at) => problems.findIndex((one) => one.what === what) === at);
}
