import { apiForEveryRole, type AgentSpec } from "./agent-spec.ts";
import { noSandboxLimits, type RunSettings } from "./run-settings.ts";

type Later = "agents" | "cassette" | "protect" | "sandboxLimits" | "secretsAllow";
type EarlierSpec<Spec> = Spec extends AgentSpec ? Omit<Spec, "web"> & Partial<Pick<Spec, "web">> : never;

/** As they were journaled, whenever that was: a setting that came later gets the value that changes nothing. */
export type JournaledSettings = Omit<RunSettings, Later | "programs"> &
  Partial<Pick<RunSettings, Later>> & { programs?: Record<string, EarlierSpec<AgentSpec>> };

/** The settings of a run whose journal may be older than some of them. */
export function completeSettings({ programs = {}, ...settings }: JournaledSettings): RunSettings {
  return {
    agents: apiForEveryRole,
    cassette: null,
    protect: "review",
    sandboxLimits: noSandboxLimits,
    secretsAllow: [],
    ...settings,
    programs: Object.fromEntries(
      Object.entries(programs).map(([name, spec]) => [name, { ...spec, web: spec.web ?? false }]),
    ),
  };
}
