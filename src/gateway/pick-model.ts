import type { GatewayApi, GatewayModel } from "./upstream.ts";

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
