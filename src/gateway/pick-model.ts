import type { GatewayApi, GatewayModel } from "./upstream.ts";

/** Names of models that look things up in the web by themselves, at the vendors that have such. */
const searching = /:online$|search|deep-research|(^|[/-])(sonar|compound)/i;

/** Whether a model that the person did not name would reach further than the worker may. */
export function reachesWeb(models: readonly GatewayModel[], { name }: GatewayModel): boolean {
  return searching.test(name) && !models.some((model) => model.name === name);
}

/**
 * The session's model of this name, or the name at the provider of the session's first model that is spoken to in the
 * same way: programs call small models for titles. Null where the session has no model for the protocol.
 */
export function pickModel(
  models: readonly GatewayModel[],
  api: GatewayApi,
  name: string,
): GatewayModel | null {
  const fitting = models.filter((model) => model.api === api);
  const first = fitting[0];
  if (!first) return null;
  return fitting.find((model) => model.name === name) ?? { ...first, id: `${first.provider}/${name}`, name };
}
