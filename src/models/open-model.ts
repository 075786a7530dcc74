import { resolve } from "node:path";
import type { ProviderSpec } from "../core/run-settings.ts";
import { anthropicModel } from "./anthropic.ts";
import type { Endpoint } from "./endpoint.ts";
import { googleModel } from "./google.ts";
import { ModelError, type Model } from "./model.ts";
import { openaiModel } from "./openai.ts";
import { openaiChatModel } from "./openai-chat.ts";
import { splitModelId } from "./prices.ts";
import { findProvider, type Env, type Provider } from "./providers.ts";
import { withRetry, type RetryOptions } from "./retry.ts";
import { scriptedModel } from "./scripted.ts";
import { sleep } from "./sleep.ts";

export type OpenModelOptions = {
  /** `provider/id`. */
  id: string;
  /** From the configuration; the built-in providers need no entry. */
  providers: Readonly<Record<string, ProviderSpec>>;
  env: Env;
  /** For `scripted/<path>`: where a relative path starts, and the factor on every pause. */
  scripts: { cwd: string; pauseScale: number };
  /** Five tries with real waits unless said otherwise. */
  retry?: RetryOptions;
  /** Silence that ends a call; two minutes unless said otherwise. */
  idleMs?: number;
};

const defaultIdleMs = 120_000;

/**
 * The model behind an id, with retries. Opening reads no network and loads no SDK: the first call does.
 * @throws ModelError not-found for an unknown provider, auth for a missing key
 */
export function openModel({ id, providers, env, scripts, retry, idleMs }: OpenModelOptions): Model {
  const { name, api, baseUrl, key, keyEnv, model } = resolveModel({ id, providers, env });
  const endpoint = { id, provider: name, model, baseUrl, key, keyEnv, idleMs: idleMs ?? defaultIdleMs };
  const opened = api === "scripted" ? openScript(id, model, scripts) : adapters[api](endpoint);
  return withRetry(opened, retry ?? { tries: 5, sleep, random: Math.random });
}

/**
 * Where a model is, without opening it.
 * @throws ModelError not-found for what is no id or an unknown provider, auth for a missing key
 */
export function resolveModel({
  id,
  providers,
  env,
}: Pick<OpenModelOptions, "id" | "providers" | "env">): Provider & { model: string } {
  const { provider: name, model } = splitModelId(id);
  if (model === "" || name === "") {
    const message = `"${id}" is not a model; write provider/id, like anthropic/claude-opus-5-5`;
    throw new ModelError("not-found", id, { message });
  }
  return { ...findProvider(id, name, { providers, env }), model };
}

/** What the first call of each kind of model loads. */
const loads: Record<ProviderSpec["api"], () => Promise<unknown>> = {
  anthropic: () => import("./anthropic-sdk.ts"),
  openai: () => import("openai"),
  "openai-chat": () => import("openai"),
  google: () => import("@google/genai"),
  scripted: () => import("./script.ts"),
};

/**
 * Loads what the model's first call would, for when there is time. Calls nobody.
 * @throws as `resolveModel`
 */
export async function loadModel(asked: Pick<OpenModelOptions, "id" | "providers" | "env">): Promise<void> {
  const { api, baseUrl } = resolveModel(asked);
  await loads[api]();
  if (api !== "scripted" && baseUrl?.startsWith("http:") !== true) await import("node:https");
}

const adapters: Record<Exclude<ProviderSpec["api"], "scripted">, (endpoint: Endpoint) => Model> = {
  anthropic: anthropicModel,
  openai: openaiModel,
  "openai-chat": openaiChatModel,
  google: googleModel,
};

function openScript(id: string, path: string, { cwd, pauseScale }: OpenModelOptions["scripts"]): Model {
  const file = resolve(cwd, path);
  // Brings zod and the YAML parser along.
  const loadScript = async () => (await import("./script.ts")).loadScript(file);
  return scriptedModel({ id, loadScript, pauseScale });
}
