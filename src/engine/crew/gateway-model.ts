import type { RunSettings } from "../../core/run-settings.ts";
import type { GatewayApi, GatewayModel } from "../../gateway/upstream.ts";
import { ModelError } from "../../models/model.ts";
import { resolveModel } from "../../models/open-model.ts";
import { vendorUrl } from "../../models/vendor-url.ts";
import type { Env } from "../../sys/paths.ts";

type Around = { providers: RunSettings["providers"]; env: Env };

/** A model as the gateway reaches it. @throws ModelError not-found or auth; a scripted model has no address */
export function gatewayModel(id: string, around: Around): GatewayModel {
  const { name: provider, api, baseUrl, key, model } = resolveModel({ id, ...around });
  if (api === "scripted") {
    const message = `${id} is played by agentx itself: only the built-in agent can use it`;
    throw new ModelError("not-found", id, { message });
  }
  const url = (baseUrl ?? vendorUrl[api]).replace(/\/+$/, "");
  return { id, provider, name: model, api, baseUrl: url, key };
}

/** The variable that a model's key is in; null where there is none, or nobody knows. */
export function keyEnvOf(id: string, around: Around): string | null {
  const { keyEnv } = orNull(() => resolveModel({ id, ...around })) ?? { keyEnv: "" };
  return keyEnv === "" ? null : keyEnv;
}

/** How a model is spoken to; null where it cannot be reached, which is said before a run starts. */
export function apiOf(id: string, around: Around): GatewayApi | null {
  return orNull(() => gatewayModel(id, around).api);
}

function orNull<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if (error instanceof ModelError) return null;
    throw error;
  }
}
