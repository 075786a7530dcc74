import { agentNameFor, apiAgent } from "../core/agent-spec.ts";
import type { Task } from "../core/plan.ts";
import type { RunSettings } from "../core/run-settings.ts";
import { modelsFor } from "../core/role-models.ts";

/** Who takes a task first: the built-in agent's model, or another agent with the model that it is given. */
export function describeWorker(settings: RunSettings, task: Task): string {
  const job = { role: task.role, task };
  const agent = agentNameFor(settings.agents, job);
  const [model] = modelsFor(settings, job);
  if (agent === apiAgent) return model ?? "none";
  return model === undefined ? agent : `${agent} ${model}`;
}
