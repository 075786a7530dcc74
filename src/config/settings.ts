import { type AgentSpec, apiForEveryRole, asksGateway, type RoleAgents } from "../core/agent-spec.ts";
import { AgentxError } from "../core/error.ts";
import { roles, type Role } from "../core/plan.ts";
import type { Limits, RunSettings, SandboxLimits } from "../core/run-settings.ts";
import type { Config } from "./config.ts";
import type { Detected } from "./detect.ts";

type Models = Record<Role, string[]>;

/** What the command line may say; it wins over the file. */
export type SettingsFlags = {
  slots?: number | undefined;
  maxAttempts?: number | undefined;
  /** US dollars for the run; null for no limit. */
  budgetUsd?: number | null | undefined;
  /** For every role, in order of preference. */
  models?: string[] | undefined;
  /** For every role. */
  agent?: string | undefined;
  /** Absolute paths of a cassette; one of the two. */
  record?: string | undefined;
  replay?: string | undefined;
  fastForward?: boolean | undefined;
  pullRequest?: boolean | undefined;
  unsafeNoSandbox?: boolean | undefined;
  acceptRedBase?: boolean | undefined;
  useDefaults?: boolean | undefined;
};

export type SettingsSources = {
  config: Config;
  detected: Pick<Detected, "setup" | "gates">;
  /** What a setup may reach where nobody said. */
  registriesOf: (command: string) => string[];
  flags: SettingsFlags;
  /** What the keys in the environment give; null when there is no key. */
  defaultModels: Models | null;
  /** `cores` for the default of gateSlots, `home` for paths that begin with `~/`. */
  machine: { cores: number; home: string };
};

/** docs/config.md states these; a test holds the two together. */
export const defaults = {
  slots: 4,
  maxAttempts: 3,
  budgetUsd: 20,
  limits: {
    turns: 60,
    tokens: null,
    usd: null,
    ms: 45 * 60_000,
    stallMs: 5 * 60_000,
  } satisfies Limits as Limits,
  sandboxLimits: {
    memory: 8 * 2 ** 30,
    processes: 512,
    file: 10 * 2 ** 30,
    openFiles: 4_096,
    disk: 20 * 2 ** 30,
    diskFree: 2 ** 30,
  } satisfies SandboxLimits as SandboxLimits,
  portBase: 20_000,
  portsPerWorktree: 20,
  protect: "ask",
} as const;

/**
 * One answer to every question: the flag's, else the file's, else what was detected, else the default.
 * A project without gates gets `gates: []`, and the caller decides what that means.
 * @throws AgentxError NO_MODEL when nothing names a model and no program brings its own, BAD_CASSETTE
 */
export function resolveSettings(sources: SettingsSources): RunSettings {
  const { config, flags, defaultModels } = sources;
  return {
    ...resolveGateSettings(sources),
    slots: flags.slots ?? config.slots ?? defaults.slots,
    maxAttempts: flags.maxAttempts ?? config.maxAttempts ?? defaults.maxAttempts,
    budgetUsd: resolveBudget(config, flags),
    limits: { ...defaults.limits, ...config.limits },
    models: resolveModels({ config, flags, defaultModels }),
    agents: resolveAgents(config, flags),
    programs: config.programs,
    providers: config.providers,
    protect: config.protect ?? defaults.protect,
    secretsAllow: config.secretsAllow,
    unsafeNoSandbox: flags.unsafeNoSandbox ?? false,
    acceptRedBase: flags.acceptRedBase ?? false,
    useDefaults: flags.useDefaults ?? false,
    fastForward: flags.fastForward ?? config.fastForward ?? true,
    pullRequest: flags.pullRequest ?? config.pullRequest ?? false,
    cassette: resolveCassette(flags),
  };
}

/** What gates need, and no model: they may also run outside of any run. */
export type GateSettings = Pick<
  RunSettings,
  | "gateSlots"
  | "gates"
  | "setup"
  | "portBase"
  | "portsPerWorktree"
  | "sandboxReadOnly"
  | "sandbox"
  | "sandboxLimits"
>;

export function resolveGateSettings({
  config,
  detected,
  machine,
  registriesOf,
}: Pick<SettingsSources, "config" | "detected" | "machine" | "registriesOf">): GateSettings {
  return {
    gateSlots: config.gateSlots ?? defaultGateSlots(machine.cores),
    gates: config.gates ?? detected.gates,
    setup: resolveSetup({ config, detected, registriesOf }),
    portBase: config.portBase ?? defaults.portBase,
    portsPerWorktree: config.portsPerWorktree ?? defaults.portsPerWorktree,
    sandboxReadOnly: config.sandboxReadOnly.map((path) => path.replace(/^~(?=\/)/, () => machine.home)),
    sandbox: { use: config.sandboxUse, image: config.sandboxImage },
    sandboxLimits: { ...defaults.sandboxLimits, ...config.sandboxLimits },
  };
}

/** Gates use every core they find, so more than two at once only slow each other down. */
function defaultGateSlots(cores: number): number {
  return Math.max(1, Math.min(2, Math.ceil(cores / 2)));
}

function resolveBudget({ budget }: Config, { budgetUsd }: SettingsFlags): number | null {
  if (budgetUsd !== undefined) return budgetUsd;
  return budget === null ? defaults.budgetUsd : budget.limit;
}

function resolveSetup({
  config: { setup },
  detected,
  registriesOf,
}: Pick<SettingsSources, "config" | "detected" | "registriesOf">): RunSettings["setup"] {
  const said = setup.type === "detect" ? detected.setup : setup.type === "none" ? null : setup;
  if (said === null) return null;
  const { command, timeoutMs, network } = said;
  return { command, timeoutMs, network: network ?? registriesOf(command) };
}

function resolveAgents({ agents }: Config, { agent }: SettingsFlags): RoleAgents {
  // Who wrote a change knows best what it was meant to be.
  const resolve = agents.implement ?? apiForEveryRole.resolve;
  if (agent === undefined) return { ...apiForEveryRole, resolve, ...agents };
  return { plan: agent, research: agent, implement: agent, review: agent, resolve: agent };
}

function resolveCassette({ record, replay }: SettingsFlags): RunSettings["cassette"] {
  if (record !== undefined && replay !== undefined) {
    throw new AgentxError("BAD_CASSETTE", {
      where: replay,
      what: "a run either records the models' answers or replays them",
      hint: "leave out --record or --replay",
    });
  }
  if (record !== undefined) return { type: "record", file: record };
  return replay === undefined ? null : { type: "replay", file: replay };
}

function resolveModels({
  config,
  flags,
  defaultModels,
}: Pick<SettingsSources, "config" | "flags" | "defaultModels">): Models {
  // A role that nobody spoke of is taken by who implements, or by whoever was named at all.
  const named: readonly Role[] = ["implement", ...roles];
  const stand = named.map((role) => config.models[role]).find((models) => models !== undefined);
  const modelsOf = (role: Role): string[] => {
    const models = flags.models ?? config.models[role] ?? nonEmpty(defaultModels?.[role]) ?? stand;
    if (models !== undefined) return models;
    // Who needs which model is looked at once it is known who works; here it is only certain that somebody may need none.
    if (Object.values(config.programs).some(bringsItsModel)) return [];
    throw noModel(config);
  };
  return {
    plan: modelsOf("plan"),
    research: modelsOf("research"),
    implement: modelsOf("implement"),
    review: modelsOf("review"),
    resolve: modelsOf("resolve"),
  };
}

function bringsItsModel(spec: AgentSpec): boolean {
  return !asksGateway(spec) || spec.model !== null;
}

function nonEmpty(models: string[] | undefined): string[] | undefined {
  return models === undefined || models.length === 0 ? undefined : models;
}

function noModel({ programs }: Config): AgentxError {
  const commands = Object.entries(programs).filter(([, { type }]) => type === "command");
  const modelless = commands.map(([name]) => `programs.${name}`).join(", ");
  return new AgentxError("NO_MODEL", {
    where: "",
    what: "there is no model to work with: no key is set, and agentx.yaml names no models",
    hint:
      "set ANTHROPIC_API_KEY, OPENAI_API_KEY or GEMINI_API_KEY, name models in agentx.yaml, " +
      "or let a program there use its own login (programs, credentials: own); " +
      (modelless === "" ? "" : `where ${modelless} asks no model, say so there (credentials: none); `) +
      "`agentx demo` shows it at work without a key",
  });
}
