import { placeAt } from "../core/place.ts";
import { roles } from "../core/plan.ts";
import type { Demand, Demanding } from "./demands.ts";

export const modelFlag = "--model";

/**
 * Where one of the models that somebody would work with is written: `--model`, `agentx.yaml:3`, `plan.md:14`. Null where
 * nobody wrote it: then it is a default.
 */
export function placeOfModel(
  model: string,
  { role, task, agent, spec }: Pick<Demand, "role" | "task" | "agent" | "spec">,
  { plan, places }: Pick<Demanding, "plan" | "places">,
): string | null {
  if (task?.model === model) return placeAt(plan?.source.file ?? "", task.line);
  if (spec?.model === model) return places.programModels.get(agent) ?? null;
  // A role that nobody spoke of may have the models of another one.
  const written = [role, ...roles].map((one) => places.models[one]?.get(model));
  return written.find((place) => place !== undefined) ?? null;
}
