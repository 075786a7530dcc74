import type { Admission } from "./admission.ts";
import type { GatewayOptions } from "./gateway.ts";
import type { Pause } from "./pause.ts";

/** What all sessions of a run share. */
export type Shared = GatewayOptions & {
  admission: Admission;
  pauseOf: (provider: string) => Pause;
};
