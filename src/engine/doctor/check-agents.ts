import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Config } from "../../config/config.ts";
import { isSecretName } from "../../core/secrets/secret-name.ts";
import { type AgentSpec, apiAgent, findAgentSpec, type ProgramName } from "../../core/agent-spec.ts";
import type { HealthRow } from "../../core/health.ts";
import { type Role, roles } from "../../core/plan.ts";
import { apiOfModel, programApis } from "../../core/program-apis.ts";
import { ModelError } from "../../models/model.ts";
import { findProvider } from "../../models/providers.ts";
import type { Env } from "../../sys/paths.ts";
import { missingOf } from "../check-agents.ts";
import { findPrograms, type FoundProgram } from "../found-programs.ts";
import { fail, ok, warn } from "./row.ts";

/** The repository, and what its configuration says where that can be read. */
type Project = { root: string; config: Config | null };

/** The programs of other vendors that are here, and those that the configuration wants and that are not. */
export async function checkAgents(env: Env, project: Project | null): Promise<HealthRow[]> {
  const found = await findPrograms(env, project?.root ?? null);
  const none = found.length === 0 ? "; no other agent program was found" : "";
  return [
    ok("agents", `api, which is built in${none}`),
    ...(await Promise.all(found.map((program) => describe(program, env, project?.config ?? null)))),
    ...(project?.config ? await checkWanted(env, { root: project.root, config: project.config }) : []),
  ];
}

async function describe(
  { name, file, version }: FoundProgram,
  env: Env,
  config: Config | null,
): Promise<HealthRow> {
  const providers = reachable(name, env, config?.providers ?? {});
  const gateway =
    providers.length === 0
      ? "no key for its models is set"
      : `its models can be had from ${providers.join(", ")}`;
  const login = (await hasLogin(name, env)) ? "it has a login of its own" : "no login of its own was found";
  return ok(`agent ${name}`, `${version} (${file}); ${gateway}; ${login}`.trimStart());
}

const vendors = ["anthropic", "openai", "google"];

/** Providers that it can speak to and whose key is there, or that need none. */
function reachable(name: ProgramName, env: Env, providers: Config["providers"]): string[] {
  return [...new Set([...vendors, ...Object.keys(providers)])].filter((provider) => {
    const id = `${provider}/any`;
    const api = apiOfModel(id, providers);
    if (!programApis[name].some((one) => one === api)) return false;
    try {
      findProvider(id, provider, { providers, env });
      return true;
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      return false;
    }
  });
}

/** Whether there is one: it is never read here. */
async function hasLogin(name: ProgramName, env: Env): Promise<boolean> {
  const { cliPrograms } = await import("../../agents/programs/programs.ts");
  const { credentialFiles, credentialEnv } = cliPrograms[name];
  const home = env["HOME"] ?? homedir();
  // The first file holds the login, others only belong to it; so do variables such as the name of a project.
  const [file] = credentialFiles;
  return (
    (file !== undefined && existsSync(join(home, file))) ||
    credentialEnv.some((variable) => isSecretName(variable) && (env[variable] ?? "") !== "")
  );
}

async function checkWanted(
  env: Env,
  { root, config }: { root: string; config: Config },
): Promise<HealthRow[]> {
  const asked = new Map<string, Role[]>();
  for (const role of roles) {
    const name = config.agents[role] ?? apiAgent;
    asked.set(name, [...(asked.get(name) ?? []), role]);
  }
  const names = [...new Set([...asked.keys(), ...Object.keys(config.programs)])];
  const rows = names.map(async (name): Promise<HealthRow[]> => {
    const spec = findAgentSpec(name, config.programs) ?? null;
    if (spec === null) return [];
    // One that no role asks for may still be asked for by a task.
    const tell = asked.has(name) ? fail : warn;
    const [place] = (asked.get(name) ?? []).flatMap((role) => config.places.agents[role] ?? []);
    const where = place === undefined ? "" : `${place}: `;
    const missing = await missingOf(name, spec, { env, repo: { root } });
    if (missing !== null) return [tell(`agent ${name}`, `${where}${missing.what}`, missing.hint)];
    return checkLogin(name, spec, { env, where, tell });
  });
  return (await Promise.all(rows)).flat();
}

type Telling = { env: Env; where: string; tell: typeof fail };

async function checkLogin(
  name: string,
  spec: AgentSpec,
  { env, where, tell }: Telling,
): Promise<HealthRow[]> {
  if (spec.type !== "program" || spec.credentials !== "own" || (await hasLogin(spec.program, env))) return [];
  const what = `${where}${name} is to use ${spec.program}'s own login, and none was found`;
  return [
    tell(
      `agent ${name}`,
      what,
      `start ${spec.program} and log in, or use your key with credentials: gateway`,
    ),
  ];
}
