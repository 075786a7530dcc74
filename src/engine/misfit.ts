import type { Problem } from "../core/error.ts";
import { apiOfModel, apisOf, canSpeakTo } from "../core/program-apis.ts";
import type { Demand, Demanding } from "./demands.ts";
import { placeOfModel } from "./place-of-model.ts";
import { modelsFor, wantedModels } from "../core/role-models.ts";

type Misfitting = Pick<Demanding, "settings" | "plan" | "places">;

/** What is wrong where an agent can speak to none of its models, or not to the one that its task names; else null. */
export function misfitOf(demand: Demand, { settings, ...around }: Misfitting): Problem | null {
  const { role, task, agent, agentAt, spec } = demand;
  if (spec === null || spec === undefined) return null;
  const wanted = wantedModels(settings, demand);
  const named = task?.model;
  const isMisfit =
    (wanted.length > 0 && modelsFor(settings, demand).length === 0) ||
    (named !== undefined && !canSpeakTo(spec, named, settings.providers));
  if (!isMisfit) return null;
  const asked = named === undefined ? wanted : [named];
  const says = asked.map((model) => `${model} (${apiOfModel(model, settings.providers)})`).join(", ");
  const elsewhere = named === undefined ? `in models.${role} or in programs.${agent}.model` : "for this task";
  return {
    where: placeOfModel(asked[0] ?? "", demand, around) ?? agentAt,
    what: `${agent}, which ${agentAt} asks for, speaks ${apisOf(spec).join(", ")}, and not to ${says}`,
    hint: `name a model that it can speak to ${elsewhere}, or another agent`,
  };
}
