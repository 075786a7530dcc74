import { apiForEveryRole, type AgentSpec } from "./agent-spec.ts";
import { noSandboxLimits, platformsSandbox, type RunSettings } from "./run-settings.ts";

type Later = "agents" | "cassette" | "protect" | "sandbox" | "sandboxLimits" | "secretsAllow";
type EarlierSpec<Spec> = Spec extends AgentSpec ? Omit<Spec, "web"> & Partial<Pick<Spec, "web">> : never;
type EarlierSetup = Omit<NonNullable<RunSettings["setup"]>, "network"> &
  Partial<Pick<NonNullable<RunSettings["setup"]>, "network">>;

/** As they were journaled, whenever that was: a setting that came later gets the value that changes nothing. */
export type JournaledSettings = Omit<RunSettings, Later | "programs" | "setup"> &
  Partial<Pick<RunSettings, Later>> & {
    programs?: Record<string, EarlierSpec<AgentSpec>>;
    setup: EarlierSetup | null;
  };

/** The settings of a run whose journal may be older than some of them. */
export function completeSettings({ programs = {}, setup, ...settings }: JournaledSettings): RunSettings {
  return {
    agents: apiForEveryRole,
    cassette: null,
    protect: "review",
    sandbox: platformsSandbox,
    secretsAllow: [],
    ...settings,
    sandboxLimits: { ...noSandboxLimits, ...settings.sandboxLimits },
    programs: Object.fromEntries(
      Object.entries(programs).map(([name, spec]) => [name, { ...spec, web: spec.web ?? false }]),
    ),
    // Before it was asked, a set-up had the whole network.
    setup: setup === null ? null : { ...setup, network: setup.network ?? true },
  };
}
