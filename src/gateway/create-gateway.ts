import { createAdmission } from "./admission.ts";
import type { Gateway, GatewayOptions } from "./gateway.ts";
import { openSession } from "./open-session.ts";
import { createPause, type Pause } from "./pause.ts";

/** The model gateway of one run. */
export function createGateway(options: GatewayOptions): Gateway {
  const pauses = new Map<string, Pause>();
  const shared = {
    ...options,
    admission: createAdmission(options),
    pauseOf: (provider: string): Pause => {
      const pause = pauses.get(provider) ?? createPause(provider, options);
      pauses.set(provider, pause);
      return pause;
    },
  };
  return { open: async (session) => openSession(shared, session) };
}
