import { adviseRepairs } from "../../core/repair/advise-repairs.ts";
import type { Advice, Repair } from "../../core/repair/repair.ts";
import { lockRepository } from "../lock-repository.ts";
import type { Workspace } from "../workspace.ts";
import { look } from "./look.ts";
import { mend } from "./mend.ts";

export type RepairSession = Disposable & {
  advise: () => Promise<Advice>;
  /** See `mend`. */
  mend: (repair: Repair) => Promise<string>;
};

/**
 * Holds the dispatcher's lock until the end: what is seen stays true, and nobody starts on what is being mended.
 * @throws AgentxError DISPATCHER_RUNNING
 */
export function openRepair(workspace: Workspace, now: () => number): RepairSession {
  const lock = lockRepository(workspace, { since: now(), command: "agentx doctor --repair" });
  return {
    advise: async () => adviseRepairs(await look(workspace)),
    mend: (repair) => mend(workspace, repair, now()),
    [Symbol.dispose]: lock.release,
  };
}
