import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { availableParallelism, homedir } from "node:os";
import { join } from "node:path";
import { type Detected, detectProject } from "../config/detect.ts";
import { loadConfig } from "../config/load.ts";
import { resolveSettings, type SettingsFlags } from "../config/settings.ts";
import { asksGateway, findAgentSpec } from "../core/agent-spec.ts";
import type { RunBase } from "../core/event.ts";
import type { Plan, Role } from "../core/plan.ts";
import type { RunSettings } from "../core/run-settings.ts";
import { defaultModels } from "../models/default-models.ts";
import { keyVariables } from "../models/providers.ts";
import { checkAgents } from "./check-agents.ts";
import { checkModels } from "./check-models.ts";
import { demandsOf } from "./demands.ts";
import { placesWith } from "./places-with.ts";
import { fitModels } from "./fit-models.ts";
import { registriesAt } from "./registries.ts";
import { repositoryView } from "./repository-view.ts";
import { requireRemote } from "./require-remote.ts";
import type { Workspace } from "./workspace.ts";

export const configFiles = ["agentx.yaml", "agentx.yml"] as const;

export type Prepared = {
  settings: RunSettings;
  detected: Detected;
  /** Sentences for the person: how the models and gates were chosen. */
  notes: string[];
};

/** The person's config file, or the name that it would have. */
export async function readConfigFile({ repo }: Workspace): Promise<{ text: string | null; file: string }> {
  const file = configFiles.find((name) => existsSync(join(repo.root, name)));
  if (file === undefined) return { text: null, file: configFiles[0] };
  return { text: await readFile(join(repo.root, file), "utf8"), file };
}

export async function detectAt({ repo }: Workspace, commit: string): Promise<Detected> {
  const { files, readAtBase } = await repositoryView(repo, commit);
  return detectProject({ files, read: readAtBase });
}

type Preparing = { base: RunBase; flags: SettingsFlags; plan: Plan | null; needed: readonly Role[] };

/**
 * The rules of a new run: the command line's, the config file's, what was detected, the defaults.
 * @param needed roles whose models are going to be called
 * @throws AgentxError CONFIG_INVALID with every problem, UNKNOWN_AGENT, AGENT_MISSING, NO_MODEL, BAD_MODEL, MODEL_MISFIT,
 * NO_KEY or NO_REMOTE
 */
export async function prepareRun(
  workspace: Workspace,
  { base, flags, plan, needed }: Preparing,
): Promise<Prepared> {
  const { text, file } = await readConfigFile(workspace);
  const config = loadConfig({ text, file });
  const detected = await detectAt(workspace, base.commit);
  // Few runs are one, and what reads a recording need not be loaded for the others.
  const replay =
    flags.replay === undefined ? null : (await import("./cassette/open-replay.ts")).openReplay(flags.replay);
  const byKeys = replay === null ? defaultModels(workspace.env) : null;
  const resolved = resolveSettings({
    config,
    detected,
    registriesOf: await registriesAt(workspace, base.commit),
    flags,
    defaultModels: replay?.models ?? byKeys?.models ?? null,
    machine: { cores: availableParallelism(), home: workspace.env["HOME"] ?? homedir() },
  });
  const places = placesWith(flags, config.places);
  const isNamed = (role: Role): boolean => (flags.models ?? config.models[role]) !== undefined;
  const settings =
    replay === null
      ? fitModels(resolved, demandsOf({ settings: resolved, plan, needed, places }), isNamed)
      : replay.settingsOf(resolved);
  workspace.secrets.learn(keyVariables(settings.providers));
  const demanding = { settings, plan, needed, places };
  await checkAgents(workspace, demanding);
  await checkModels(workspace, demanding);
  // Better said now than when all the work is done.
  if (settings.pullRequest) await requireRemote(workspace.repo);
  const isFromKeys = text === null && (flags.models ?? flags.agent) === undefined && byKeys !== null;
  const notes = [
    ...(isFromKeys ? [`Models from the keys that are there: ${byKeys.who}.`] : []),
    ...unusedModels(settings, needed.filter(isNamed)),
    ...(config.gates === null ? detected.notes : []),
  ];
  return { settings, detected, notes };
}

/** A program with its own login chooses its model by itself unless its own entry names one, and a command may ask none. */
function unusedModels({ agents, programs }: RunSettings, named: readonly Role[]): string[] {
  return named.flatMap((role) => {
    const spec = findAgentSpec(agents[role], programs) ?? null;
    if (spec === null || asksGateway(spec) || spec.model !== null) return [];
    const agent = agents[role];
    if (spec.credentials === "none")
      return [`${role}: ${agent} asks no model (programs.${agent}.credentials).`];
    return `${role}: ${agent} works with its own login and chooses its model; programs.${agent}.model names one.`;
  });
}
