import { asksGateway } from "../../core/agent-spec.ts";
import type { Config } from "../../config/config.ts";
import type { HealthRow } from "../../core/health.ts";
import { roles } from "../../core/plan.ts";
import type { RunSettings } from "../../core/run-settings.ts";
import { ModelError } from "../../models/model.ts";
import { findProvider } from "../../models/providers.ts";
import type { Env } from "../../sys/paths.ts";
import { type Demand, demandsOf } from "../demands.ts";
import { fitModels } from "../fit-models.ts";
import { misfitOf } from "../misfit.ts";
import { modelsFor } from "../../core/role-models.ts";
import { fail, ok, warn } from "./row.ts";

/** Who does what with which model, and which models cannot be had. */
export function checkModels(
  { env }: { env: Env },
  { settings: resolved, config }: { settings: RunSettings; config: Config },
): HealthRow[] {
  const all = { plan: null, needed: roles, places: config.places };
  const isNamed = (role: (typeof roles)[number]): boolean => config.models[role] !== undefined;
  const settings = fitModels(resolved, demandsOf({ settings: resolved, ...all }), isNamed);
  const demands = demandsOf({ settings, ...all });
  const misfits = demands.flatMap((demand) => misfitOf(demand, { settings, ...all }) ?? []);
  const who = demands.map((demand) => worker(demand, settings)).join(", ");
  const idle = demands.filter((demand) => demand.spec === null && modelsFor(settings, demand).length === 0);
  // A key is no matter where the program brings its own login, or asks no model.
  const called = demands
    .filter(({ spec }) => !spec || asksGateway(spec))
    .map((demand) => modelsFor(settings, demand));
  return [
    ok("models", who),
    ...misfits.map(({ where, what, hint }) => fail("models", `${where}: ${what}`, hint)),
    ...idle.map(({ role }) => {
      // Every change needs these; a plan file without research needs no other.
      const tell = ["implement", "review", "resolve"].includes(role) ? fail : warn;
      return tell("models", `there is no model for ${role}`, `set a key, or give agents.${role} a program`);
    }),
    ...unreachable(called, { settings, env }),
  ];
}

function worker(demand: Demand, settings: RunSettings): string {
  const [model] = modelsFor(settings, demand);
  if (demand.spec === null) return `${demand.role} ${model ?? "nobody"}`;
  return `${demand.role} ${demand.agent}${model === undefined ? "" : ` with ${model}`}`;
}

function unreachable(
  called: readonly string[][],
  { settings: { providers }, env }: { settings: RunSettings; env: Env },
): HealthRow[] {
  return [...new Set(called.flat())].flatMap((id) => {
    try {
      findProvider(id, id.slice(0, id.indexOf("/")), { providers, env });
      return [];
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      const isLost = called.some((models) => models.length === 1 && models[0] === id);
      const tell = isLost ? fail : warn;
      return [tell("models", `${id}: ${error.message}`, "set the key, or name another model in agentx.yaml")];
    }
  });
}
