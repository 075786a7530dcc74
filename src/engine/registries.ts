import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { findRegistries } from "../config/registries/find-registries.ts";
import { ownNpmrc, withoutLogin } from "../config/registries/own-npmrc.ts";
import type { Env } from "../sys/paths.ts";
import { repositoryView } from "./repository-view.ts";
import type { Workspace } from "./workspace.ts";

/** @param commit that a run starts from; null before the first */
export async function registriesAt(
  { repo, env }: Workspace,
  commit: string | null,
): Promise<(command: string) => string[]> {
  const { files, readAtBase } =
    commit === null ? { files: [], readAtBase: async () => null } : await repositoryView(repo, commit);
  return findRegistries({ env, files, readAtBase, readOwn: (path) => readOwn(env, path) });
}

/** Registry lines of the person's ~/.npmrc, without what logs in. */
export async function personNpmrc(env: Env): Promise<string> {
  return ownNpmrc((await readOwn(env, ".npmrc")) ?? "");
}

/** Where packages come from, by variables that the programs of a setup read themselves. */
const registryVariables = [
  "npm_config_registry",
  "YARN_NPM_REGISTRY_SERVER",
  "BUN_CONFIG_REGISTRY",
  "PIP_INDEX_URL",
  "PIP_EXTRA_INDEX_URL",
  "UV_INDEX_URL",
  "UV_DEFAULT_INDEX",
  "GOPROXY",
  "GOSUMDB",
];

export function registryEnv(env: Env): Record<string, string> {
  return Object.fromEntries(
    registryVariables.flatMap((name) => {
      const words = (env[name] ?? "").split(/([\s,|]+)/);
      const value = words.map((word) => (word.includes("@") ? (withoutLogin(word) ?? word) : word)).join("");
      return value === "" ? [] : [[name, value]];
    }),
  );
}

async function readOwn(env: Env, path: string): Promise<string | null> {
  try {
    return await readFile(join(env["HOME"] ?? homedir(), path), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && ["ENOENT", "ENOTDIR"].includes(String(error.code)))
      return null;
    throw error;
  }
}
