import type { OpenDoor } from "../../agents/guest/door.ts";
import type { RunSettings } from "../../core/run-settings.ts";
import type { Gateway } from "../../gateway/gateway.ts";
import type { Env } from "../../sys/paths.ts";
import { gatewayModel } from "./gateway-model.ts";

/** @property isTaped whether a cassette records or plays the calls */
type Around = { providers: RunSettings["providers"]; env: Env; isTaped: boolean };

/** Behind a worker's door: the run's gateway, with the models that this worker may call. */
export function doorOpener(gateway: () => Promise<Gateway>, { isTaped, ...around }: Around): OpenDoor {
  return async ({ socket, models, paths, ...options }) =>
    (await gateway()).open({
      ...options,
      // Only a cassette wants to know, and to find out takes a command inside.
      paths: isTaped ? await paths?.() : undefined,
      listen: { type: "socket", path: socket },
      models: models.map((id) => gatewayModel(id, around)),
    });
}
