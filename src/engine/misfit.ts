import type { Problem } from "../core/error.ts";
import { apiOfModel, apisOf, canSpeakTo } from "../core/program-apis.ts";
import type { RunSettings } from "../core/run-settings.ts";
import type { Demand } from "./demands.ts";
import { modelsFor, wantedModels } from "../core/role-models.ts";

/** What is wrong where an agent can speak to none of its models, or not to the one that its task names; else null. */
export function misfitOf({ agent, spec, ...demand }: Demand, settings: RunSettings): Problem | null {
  const { role, task, modelsAt } = demand;
  if (spec === null || spec === undefined) return null;
  const wanted = wantedModels(settings, demand);
  const named = task?.model;
  const isMisfit =
    (wanted.length > 0 && modelsFor(settings, demand).length === 0) ||
    (named !== undefined && !canSpeakTo(spec, named, settings.providers));
  if (!isMisfit) return null;
  const says = (named === undefined ? wanted : [named])
    .map((model) => `${model} (${apiOfModel(model, settings.providers)})`)
    .join(", ");
  const elsewhere = named === undefined ? `in models.${role} or in programs.${agent}.model` : "for this task";
  return {
    where: spec.model !== null && named === undefined ? `programs.${agent}.model` : modelsAt,
    what: `${agent}, which ${demand.agentAt} asks for, speaks ${apisOf(spec).join(", ")}, and not to ${says}`,
    hint: `name a model that it can speak to ${elsewhere}, or another agent`,
  };
}
