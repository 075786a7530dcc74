import { type Agent, nothingNeeded } from "../../agents/agent.ts";
import { createApiAgent } from "../../agents/api/api-agent.ts";
import { knownPaths } from "../../agents/known-paths.ts";
import { apiAgent } from "../../core/agent-spec.ts";
import { openRoutedModels, type Routing } from "./routed-models.ts";

/** The built-in loop as it is recorded and replayed: its calls go through the run's gateway, each job under its label. */
export function createRoutedApiAgent(routing: Routing & { now: () => number }): Agent {
  const { now } = routing;
  return {
    name: apiAgent,
    // The paths that a cassette leaves out are asked of it.
    needs: { ...nothingNeeded, openSandbox: true },
    work: async (job) => {
      const label = `${job.role} ${job.task}`;
      await using models = openRoutedModels(routing, { label, paths: () => knownPaths(job) });
      return await createApiAgent({ openModel: models.open, now }).work(job);
    },
  };
}
