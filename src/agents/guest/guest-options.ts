import type { AgentSpec } from "../../core/agent-spec.ts";
import type { Egress } from "../../sandbox/egress/egress.ts";
import type { OpenDoor } from "./door.ts";
import type { Guest, ModelApi } from "./guest.ts";

export type GuestAgentOptions = {
  /** As the person calls it in `agents`. */
  name: string;
  spec: AgentSpec;
  guest: Guest;
  openDoor: OpenDoor;
  /** What a program with its own login may reach. Absent: nothing but the door. */
  network?: Egress;
  /** How a model is spoken to; null for one that is not behind the gateway. */
  apiOf: (id: string) => ModelApi | null;
  /** The variable that a model's key is in; null where there is none. Absent: hints name none. */
  keyEnvOf?: (id: string) => string | null;
  /** A fresh UUID. */
  newId: () => string;
  /** Milliseconds on a clock that does not jump. */
  now: () => number;
};
