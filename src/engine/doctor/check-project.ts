import { availableParallelism, homedir } from "node:os";
import type { Config } from "../../config/config.ts";
import { loadConfig } from "../../config/load.ts";
import { resolveSettings } from "../../config/settings.ts";
import { AgentxError } from "../../core/error.ts";
import type { HealthRow } from "../../core/health.ts";
import type { RunSettings } from "../../core/run-settings.ts";
import { defaultModels } from "../../models/default-models.ts";
import { detectHere } from "../init-config.ts";
import { hintForGates } from "../gates/hint-for-gates.ts";
import { readConfigFile } from "../prepare.ts";
import type { Workspace } from "../workspace.ts";
import { checkAgents } from "./check-agents.ts";
import { checkModels } from "./check-models.ts";
import { inspectRepository } from "../../git/inspect-repository.ts";
import { registriesAt } from "../registries.ts";
import { missingProgram } from "./missing-program.ts";
import { fail, ok, rowsOf, warn } from "./row.ts";

/** The configuration, the keys, who does what, and what checks the work. */
export async function checkProject(workspace: Workspace): Promise<HealthRow[]> {
  const { root } = workspace.repo;
  const { text, file } = await readConfigFile(workspace);
  let config: Config;
  try {
    config = loadConfig({ text, file });
  } catch (error) {
    return [...rowsOf("config", error), ...(await checkAgents(workspace.env, { root, config: null }))];
  }
  const configRow = ok("config", text === null ? `no ${file}: everything is detected` : file);
  const [agents, settings] = await Promise.all([
    checkAgents(workspace.env, { root, config }),
    checkSettings(workspace, { config, hint: hintForGates({ text, file }) }),
  ]);
  return [configRow, checkKeys(workspace, config), ...settings, ...agents];
}

const keyNames = ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY"];

/** Names only: a key's value is never looked at further than whether there is one. */
function checkKeys({ env }: Workspace, { providers }: Config): HealthRow {
  const names = new Set([...keyNames, ...Object.values(providers).flatMap(({ keyEnv }) => keyEnv ?? [])]);
  const set = [...names].filter((name) => (env[name] ?? "").trim() !== "");
  return ok("keys", set.length === 0 ? "none is set" : `set: ${set.join(", ")}`);
}

async function checkSettings(
  workspace: Workspace,
  { config, hint }: { config: Config; hint: string },
): Promise<HealthRow[]> {
  const { env } = workspace;
  const detected = await detectHere(workspace);
  try {
    const settings = resolveSettings({
      config,
      detected,
      registriesOf: await registriesAt(workspace, (await inspectRepository(workspace.repo)).commit),
      flags: {},
      defaultModels: defaultModels(env)?.models ?? null,
      machine: { cores: availableParallelism(), home: env["HOME"] ?? homedir() },
    });
    return [
      ...checkModels(workspace, { settings, config }),
      ...checkCommands(workspace, { ...settings, hint }),
    ];
  } catch (error) {
    // Without a model the commands still want to be looked at.
    if (!(error instanceof AgentxError) || error.code !== "NO_MODEL") throw error;
    const gates = config.gates ?? detected.gates;
    const setup =
      config.setup.type === "command" ? config.setup : config.setup.type === "detect" ? detected.setup : null;
    return [...rowsOf("models", error), ...checkCommands(workspace, { gates, setup, hint })];
  }
}

const noScripts =
  "packages' install scripts are not run; a project that needs them has a `setup` of its own in agentx.yaml";

function checkCommands(
  { env, repo }: Workspace,
  { gates, setup, hint }: Pick<RunSettings, "gates"> & { setup: { command: string } | null; hint: string },
): HealthRow[] {
  const place = { path: env["PATH"] ?? "", root: repo.root };
  const row = (name: string, command: string): HealthRow => {
    const missing = missingProgram(command, place);
    return missing === null
      ? ok(name, /--(ignore-scripts|mode=skip-build)/.test(command) ? `${command}; ${noScripts}` : command)
      : warn(
          name,
          `${command}: there is no "${missing}" here`,
          `install ${missing}, or change the command in agentx.yaml`,
        );
  };
  const setUp =
    setup === null ? ok("setup", "none: nothing is installed into a checkout") : row("setup", setup.command);
  if (gates.length === 0) {
    return [setUp, fail("gates", "nothing checks the work", `${hint}; --no-gates runs without any`)];
  }
  const proof = ok("gates", "agentx gates --prove shows whether they refuse anything");
  return [setUp, ...gates.map(({ name, command }) => row(`gate ${name}`, command)), proof];
}
