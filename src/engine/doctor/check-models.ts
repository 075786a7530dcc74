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
import { placeOfModel } from "../place-of-model.ts";
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
    .map((demand) =>
      modelsFor(settings, demand).map((model) => ({ model, place: placeOfModel(model, demand, all) })),
    );
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

/** A role's models, and where they are written. */
type Called = readonly { model: string; place: string | null }[];

function unreachable(
  called: readonly Called[],
  { settings: { providers }, env }: { settings: RunSettings; env: Env },
): HealthRow[] {
  const places = new Map(called.flat().map(({ model, place }) => [model, place]));
  return [...places].flatMap(([id, place]) => {
    try {
      findProvider(id, id.slice(0, id.indexOf("/")), { providers, env });
      return [];
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      const isLost = called.some((models) => models.length === 1 && models[0]?.model === id);
      const tell = isLost ? fail : warn;
      const what = error.kind === "auth" ? `${id}: ${error.message}` : error.message;
      const another = `name another model ${place === null ? "in agentx.yaml" : "there"}`;
      return [
        tell(
          "models",
          place === null ? what : `${place}: ${what}`,
          error.kind === "auth" ? `set the key, or ${another}` : another,
        ),
      ];
    }
  });
}
