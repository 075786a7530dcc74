import { AgentxError, type Problem } from "../core/error.ts";
import { sortByPlace } from "../core/place.ts";
import { type Role, roles } from "../core/plan.ts";
import { agentProblems } from "./agent-problems.ts";
import type { Config, Places } from "./config.ts";
import type { ConfigFile } from "./config-file.ts";
import { explainIssue } from "./explain-issue.ts";
import { configSchema } from "./schema.ts";
import { toConfig } from "./to-config.ts";
import { readYaml, type YamlSource } from "./yaml-source.ts";

/**
 * Reads agentx.yaml.
 * @param text null when there is no such file
 * @param file its name in messages
 * @throws AgentxError CONFIG_INVALID with every problem at once, each with its line
 */
export function loadConfig({ text, file }: { text: string | null; file: string }): Config {
  if (text === null) return toConfig({});
  const yaml = readYaml(text, file);
  if ("problems" in yaml) throw invalid(yaml.problems, file);
  const { source } = yaml;
  // A file of comments only.
  if (source.value === null || source.value === undefined) return toConfig({});
  const parsed = configSchema.safeParse(source.value);
  if (!parsed.success) {
    throw invalid(
      parsed.error.issues.flatMap((issue) => explainIssue(issue, source)),
      file,
    );
  }
  const problems = [...keysInTheClear(parsed.data, source), ...agentProblems(parsed.data, source)];
  if (problems.length > 0) throw invalid(problems, file);
  return { ...toConfig(parsed.data), places: placesIn(parsed.data, source) };
}

function placesIn({ agents = {}, models = {}, programs = {} }: ConfigFile, { placeOf }: YamlSource): Places {
  const said = roles.filter((role) => agents[role] !== undefined);
  const placesOf = (role: Role): [string, string][] => {
    const entry = models[role] ?? [];
    if (typeof entry === "string") return [[entry, placeOf(["models", role])]];
    return entry.map((model, at) => [model, placeOf(["models", role, at])]);
  };
  const named = roles.filter((role) => models[role] !== undefined);
  const programModels = Object.entries(programs).flatMap(([name, { model }]): [string, string][] =>
    model === undefined ? [] : [[name, placeOf(["programs", name, "model"])]],
  );
  return {
    agents: Object.fromEntries(said.map((role) => [role, placeOf(["agents", role])])),
    models: Object.fromEntries(named.map((role) => [role, new Map(placesOf(role))])),
    programModels: new Map(programModels),
  };
}

/** A key sent over plain http can be read by everybody on the way. */
function keysInTheClear({ providers = {} }: ConfigFile, source: YamlSource): Problem[] {
  return Object.entries(providers).flatMap(([name, { baseUrl, keyEnv }]) => {
    if (keyEnv === undefined || baseUrl === undefined || !baseUrl.startsWith("http:")) return [];
    if (isThisMachine(baseUrl)) return [];
    return {
      where: source.placeOf(["providers", name, "baseUrl"]),
      what: `"providers.${name}" would send the key in ${keyEnv} over http, unencrypted`,
      hint: "use https://, or leave keyEnv out if it needs no key",
    };
  });
}

function isThisMachine(url: string): boolean {
  const host = URL.parse(url)?.hostname ?? "";
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function invalid(problems: readonly Problem[], file: string): AgentxError {
  return new AgentxError("CONFIG_INVALID", sortByPlace(problems, file));
}
