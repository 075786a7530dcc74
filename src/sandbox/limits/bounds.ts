import { writeFileSync } from "node:fs";
import { AgentxError, exitCodes } from "../../core/error.ts";
import type { SandboxLimits } from "../../core/run-settings.ts";
import type { ExecResult } from "../sandbox.ts";
import type { CgroupHome } from "./cgroup-home.ts";
import { explainLimit } from "./explain-limit.ts";
import type { LimitMeans } from "./limit-means.ts";
import { type Cgroup, makeCgroup } from "./make-cgroup.ts";

/** What one sandbox is held by, beside what its own processes carry. */
export type Bounds = {
  /** Called with the process that becomes the sandbox, which starts nothing before. Rejects with AgentxError SANDBOX_OPEN. */
  hold: (pid: number) => Promise<void>;
  /** What is to be watched: see memory-watch.ts. Null where somebody else sees to it, or nobody. */
  watchedMemory: number | null;
  /**
   * Why a command failed, where a limit seems to be the reason; null otherwise.
   * @param ended how many processes the helper ended meanwhile for their memory
   */
  explain: (result: ExecResult, ended: number) => string | null;
  /** After its end. Never throws. */
  release: () => Promise<void>;
};

export const noBounds: Bounds = {
  hold: async () => {},
  watchedMemory: null,
  explain: () => null,
  release: async () => {},
};

/** Where the machine's memory runs out, what is inside is ended before anything of the person's; 1000 would be the most. */
const oomScore = "500";

/** @throws AgentxError SANDBOX_OPEN */
export async function boundsFor(limits: SandboxLimits, means: LimitMeans): Promise<Bounds> {
  const { cgroup: home } = means;
  const cgroup = home === null ? null : await makeHeld(home, limits);
  let seen = { memory: 0, processes: 0 };
  return {
    hold: async (pid) => {
      try {
        writeFileSync(`/proc/${pid}/oom_score_adj`, oomScore);
        await cgroup?.join(pid);
      } catch (error) {
        throw notHeld(error);
      }
    },
    watchedMemory: means.memory === "rlimit" ? limits.memory : null,
    explain: (result, ended) => {
      const now = cgroup?.refusals() ?? seen;
      const refused = { memory: now.memory - seen.memory + ended, processes: now.processes - seen.processes };
      seen = now;
      return explainLimit(result, { limits, refused });
    },
    release: async () => cgroup?.remove(),
  };
}

async function makeHeld(home: CgroupHome, limits: SandboxLimits): Promise<Cgroup> {
  try {
    return await makeCgroup(home, limits);
  } catch (error) {
    throw notHeld(error);
  }
}

function notHeld(error: unknown): AgentxError {
  const what = `the sandbox could not be put under its limits: ${error instanceof Error ? error.message : String(error)}`;
  const hint =
    "run `agentx doctor` to see what this machine allows, or set what `sandbox.limits` names to null in agentx.yaml";
  return new AgentxError("SANDBOX_OPEN", { where: "sandbox", what, hint }, exitCodes.someNotMerged);
}
