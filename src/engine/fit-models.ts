import type { Role } from "../core/plan.ts";
import { canSpeakTo } from "../core/program-apis.ts";
import type { RunSettings } from "../core/run-settings.ts";
import { vendorModels } from "../models/default-models.ts";
import type { Demand } from "./demands.ts";

/**
 * Adds to a role whose agent can speak to none of its models the default model of a vendor that it can speak to: whoever
 * names an agent and no model means one that fits. Where the person named models they are left as they are.
 */
export function fitModels(
  settings: RunSettings,
  demands: readonly Pick<Demand, "role" | "task" | "spec">[],
  isNamed: (role: Role) => boolean,
): RunSettings {
  const models = { ...settings.models };
  for (const { role, task, spec } of demands) {
    const chooses = spec?.model === null && spec.credentials === "gateway" && task?.model === undefined;
    if (!chooses || isNamed(role)) continue;
    const can = (model: string): boolean => canSpeakTo(spec, model, settings.providers);
    const fitting = vendorModels(role).find(can);
    if (!models[role].some(can) && fitting !== undefined) models[role] = [...models[role], fitting];
  }
  return { ...settings, models };
}
