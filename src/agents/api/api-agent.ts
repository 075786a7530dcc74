import type { Model } from "../../models/model.ts";
import { type Agent, nothingNeeded } from "../agent.ts";
import { runLoop } from "./loop.ts";
import { Stopped } from "../stopped.ts";
import { startVigil } from "../vigil.ts";

export type ApiAgentOptions = {
  /** May throw AgentxError for a model that cannot be opened: the job's next one is tried then. */
  openModel: (id: string) => Model;
  /** Milliseconds on a clock that does not jump. */
  now: () => number;
};

/** The built-in agent: a model and a few tools, in this process; all that the tools do happens in the job's sandbox. */
export function createApiAgent({ openModel, now }: ApiAgentOptions): Agent {
  return {
    name: "api",
    needs: nothingNeeded,
    work: async (job) => {
      using vigil = startVigil({ signal: job.signal, limits: job.limits, now });
      try {
        return await runLoop(job, { openModel, now, vigil });
      } catch (error) {
        job.signal.throwIfAborted();
        if (error instanceof Stopped) return { type: "failed", failure: error.failure };
        throw error;
      }
    },
  };
}
