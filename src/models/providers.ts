import type { ProviderSpec } from "../core/run-settings.ts";
import { ModelError } from "./model.ts";

export type Env = Readonly<Record<string, string | undefined>>;

type BuiltIn = ProviderSpec & { baseUrlEnv: string; otherKeyEnvs: readonly string[] };

/** Known without any configuration. A provider of the same name in the configuration replaces it. */
const builtIns: Record<string, BuiltIn> = {
  anthropic: {
    api: "anthropic",
    baseUrl: null,
    keyEnv: "ANTHROPIC_API_KEY",
    otherKeyEnvs: [],
    baseUrlEnv: "ANTHROPIC_BASE_URL",
  },
  openai: {
    api: "openai",
    baseUrl: null,
    keyEnv: "OPENAI_API_KEY",
    otherKeyEnvs: [],
    baseUrlEnv: "OPENAI_BASE_URL",
  },
  google: {
    api: "google",
    baseUrl: null,
    keyEnv: "GEMINI_API_KEY",
    otherKeyEnvs: ["GOOGLE_API_KEY"],
    baseUrlEnv: "GOOGLE_GEMINI_BASE_URL",
  },
  scripted: { api: "scripted", baseUrl: null, keyEnv: null, otherKeyEnvs: [], baseUrlEnv: "" },
};

export const builtInProviders: Readonly<Record<string, ProviderSpec>> = builtIns;

function builtInOf(name: string): BuiltIn | undefined {
  return Object.hasOwn(builtIns, name) ? builtIns[name] : undefined;
}

/** A provider with its key, ready to be called. `keyEnv` is empty where no key is needed. */
export type Provider = {
  name: string;
  api: ProviderSpec["api"];
  baseUrl: string | null;
  key: string;
  keyEnv: string;
};

/** @throws ModelError not-found for a provider that nobody described, auth for a key that is not set */
export function findProvider(
  modelId: string,
  name: string,
  { providers, env }: { providers: Readonly<Record<string, ProviderSpec>>; env: Env },
): Provider {
  const builtIn = builtInOf(name);
  const spec = Object.hasOwn(providers, name) ? providers[name] : builtIn;
  if (!spec) {
    const known = [...new Set([...Object.keys(builtIns), ...Object.keys(providers)])].join(", ");
    const message = `there is no provider "${name}" for the model "${modelId}"; there are ${known}`;
    throw new ModelError("not-found", modelId, { message });
  }
  const fallbackUrl = builtIn?.api === spec.api ? filled(env[builtIn.baseUrlEnv]) : null;
  const keyEnvs = keyNames(name, spec);
  const keyEnv = keyEnvs.find((variable) => filled(env[variable]) !== null) ?? keyEnvs[0] ?? "";
  const key = filled(env[keyEnv]);
  if (key === null && keyEnv !== "") {
    throw new ModelError("auth", modelId, { message: `${keyEnvs.join(" or ")} is not set` });
  }
  return { name, api: spec.api, baseUrl: spec.baseUrl ?? fallbackUrl, key: key ?? "", keyEnv };
}

/** The variables that a run's keys come from: the built-in providers', and those that were named for others. */
export function keyVariables(providers: Readonly<Record<string, ProviderSpec>>): string[] {
  const all = { ...builtIns, ...providers };
  return Object.entries(all).flatMap(([name, spec]) => keyNames(name, spec));
}

/** Whether a built-in provider's key is in the environment. */
export function hasKey(name: "anthropic" | "openai" | "google", env: Env): boolean {
  const spec = builtInOf(name);
  return spec !== undefined && keyNames(name, spec).some((variable) => filled(env[variable]) !== null);
}

/** A configured spec that keeps the built-in's variable keeps its other names too. */
function keyNames(name: string, { keyEnv }: ProviderSpec): string[] {
  if (keyEnv === null) return [];
  const builtIn = builtInOf(name);
  return builtIn?.keyEnv === keyEnv ? [keyEnv, ...builtIn.otherKeyEnvs] : [keyEnv];
}

function filled(value: string | undefined): string | null {
  return value === undefined || value.trim() === "" ? null : value.trim();
}
