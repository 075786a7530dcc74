import type { SandboxSpec } from "../sandbox/sandbox.ts";
import type { WorkerJob } from "./agent.ts";

/** The places of one job's agent on the host; the built-in loop needs none. */
export type Lodging = {
  /** Its HOME, which outlives the sandbox, so that a session can be gone on with. */
  home: string | null;
  /** Short, because a socket's path has at most 107 bytes. */
  door: string | null;
  readOnly: readonly string[];
  network: SandboxSpec["network"];
  mostly: Required<SandboxSpec>["mostly"];
};

export const noLodging: Lodging = {
  home: null,
  door: null,
  readOnly: [],
  network: false,
  mostly: "files",
};

/** The sandbox as the stage wants it, with what the agent needs in it. */
export function lodge(spec: SandboxSpec, lodging: Lodging): SandboxSpec {
  return {
    ...spec,
    readOnly: [...spec.readOnly, ...lodging.readOnly],
    network: lodging.network === false ? spec.network : lodging.network,
    home: lodging.home,
    door: lodging.door,
    mostly: lodging.mostly,
  };
}

export function placesOf({ home, door }: Lodging): Pick<WorkerJob, "home" | "door"> {
  return { home, door };
}
