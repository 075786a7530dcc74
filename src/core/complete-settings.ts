import { apiForEveryRole } from "./agent-spec.ts";
import { noSandboxLimits, platformsSandbox, type RunSettings } from "./run-settings.ts";

type Later = "agents" | "programs" | "cassette" | "protect" | "sandbox" | "sandboxLimits" | "secretsAllow";

/** As they were journaled, whenever that was: a setting that came later gets the value that changes nothing. */
export type JournaledSettings = Omit<RunSettings, Later> & Partial<Pick<RunSettings, Later>>;

/** The settings of a run whose journal may be older than some of them. */
export function completeSettings(settings: JournaledSettings): RunSettings {
  return {
    agents: apiForEveryRole,
    programs: {},
    cassette: null,
    protect: "review",
    sandbox: platformsSandbox,
    secretsAllow: [],
    ...settings,
    sandboxLimits: { ...noSandboxLimits, ...settings.sandboxLimits },
  };
}
