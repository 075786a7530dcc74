import type { OpenDoor } from "../../agents/guest/door.ts";
import type { RunSettings } from "../../core/run-settings.ts";
import type { Gateway } from "../../gateway/gateway.ts";
import type { Env } from "../../sys/paths.ts";
import { gatewayModel } from "./gateway-model.ts";

/** Behind a worker's door: the run's gateway, with the models that this worker may call. */
export function doorOpener(
  gateway: () => Promise<Gateway>,
  around: { providers: RunSettings["providers"]; env: Env },
): OpenDoor {
  return async ({ socket, models, ...options }) =>
    (await gateway()).open({
      ...options,
      listen: { type: "socket", path: socket },
      models: models.map((id) => gatewayModel(id, around)),
    });
}
