import type { Places } from "../config/config.ts";
import type { SettingsFlags } from "../config/settings.ts";
import { type Role, roles } from "../core/plan.ts";
import { modelFlag } from "./place-of-model.ts";

/** Where agents and models are named once the command line has spoken: what it says, it says for every role. */
export function placesWith({ agent, models }: Pick<SettingsFlags, "agent" | "models">, file: Places): Places {
  const forEveryRole = <T>(one: T): Partial<Record<Role, T>> =>
    Object.fromEntries(roles.map((role) => [role, one]));
  return {
    ...file,
    ...(agent !== undefined && { agents: forEveryRole("--agent") }),
    ...(models !== undefined && { models: forEveryRole(new Map(models.map((model) => [model, modelFlag]))) }),
  };
}
