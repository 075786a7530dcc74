import type { ProviderSpec } from "../core/run-settings.ts";
import { builtInProviders, type Env } from "./providers.ts";

type Providers = Readonly<Record<string, ProviderSpec>>;

/** Stands in the environment where the real keys were. */
const keyEnv = "AGENTX_GATEWAY_KEY";

/** What each protocol's client puts its own path behind. */
const places: Record<Exclude<ProviderSpec["api"], "scripted">, string> = {
  anthropic: "/anthropic",
  openai: "/openai/v1",
  "openai-chat": "/openai/v1",
  google: "/google",
};

/**
 * The same providers behind one address that adds the keys itself: the names stay, because prices go by them, and the
 * environment holds no real key. Scripted models need no address. Pure.
 * @param baseUrl without a slash at its end
 */
export function routeProviders(
  providers: Providers,
  baseUrl: string,
): { providers: Record<string, ProviderSpec>; env: Env } {
  const routed = mapAll(providers, ({ api }) =>
    api === "scripted"
      ? { api, baseUrl: null, keyEnv: null }
      : { api, baseUrl: `${baseUrl}${places[api]}`, keyEnv },
  );
  return { providers: routed, env: { [keyEnv]: "agentx-gateway" } };
}

/** The same providers for a run in which nobody is called: none asks for a key. Pure. */
export function keylessProviders(providers: Providers): Record<string, ProviderSpec> {
  return mapAll(providers, ({ api, baseUrl }) => ({ api, baseUrl, keyEnv: null }));
}

function mapAll(
  providers: Providers,
  to: (spec: ProviderSpec) => ProviderSpec,
): Record<string, ProviderSpec> {
  const all = Object.entries({ ...builtInProviders, ...providers });
  return Object.fromEntries(all.map(([name, spec]) => [name, to(spec)]));
}
