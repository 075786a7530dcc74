import { type AgentSpec, agentNameFor, asksGateway, findAgentSpec } from "./agent-spec.ts";
import { mergesOnto } from "./assignment.ts";
import type { Assignment } from "./event.ts";
import { isReadOnly, type Role, type Task } from "./plan.ts";
import { canSpeakTo } from "./program-apis.ts";
import type { RunSettings } from "./run-settings.ts";
import type { TaskRecord } from "./run-state.ts";

type Job = { role: Role; task: Task | null };

/** The role in which the next attempt at a task is made. */
export function roleOfNext({ task, role }: TaskRecord, next: Assignment): Role {
  if (isReadOnly(task.role)) return task.role;
  return mergesOnto(next) !== null || role === "resolve" ? "resolve" : task.role;
}

/**
 * Models for a role in order of preference, of those that its agent can speak to; a task's own model comes first where it
 * does the task's work. Empty where an agent with its own login chooses for itself.
 */
export function modelsFor(settings: RunSettings, job: Job): string[] {
  const spec = specFor(settings, job);
  return wantedModels(settings, job).filter((model) => canSpeakTo(spec, model, settings.providers));
}

/** The same before anybody asked whether the agent can speak to them. */
export function wantedModels(settings: RunSettings, job: Job): string[] {
  const { role, task } = job;
  const own = task?.model !== undefined && role === task.role ? [task.model] : [];
  return [...new Set([...own, ...standing(settings, role, specFor(settings, job))])];
}

/** Everything that may review a change, the reviewers first and the one that wrote it last. */
export function reviewCandidates(settings: RunSettings, writer: string): string[] {
  const spec = specFor(settings, { role: "review", task: null });
  const can = (model: string): boolean => canSpeakTo(spec, model, settings.providers);
  const review = standing(settings, "review", spec).filter(can);
  // An agent that names its model, or chooses it, has no others to fall back on.
  if (review.length === 0 || (spec?.model ?? null) !== null) return review;
  const others = [...review, ...settings.models.implement].filter((model) => model !== writer);
  return [...new Set([...others, writer])].filter(can);
}

/** An agent that nobody described is refused before a run starts; until then it is treated as the built-in one. */
function specFor({ agents, programs }: RunSettings, job: Job): AgentSpec | null {
  return findAgentSpec(agentNameFor(agents, job), programs) ?? null;
}

function standing({ models }: RunSettings, role: Role, spec: AgentSpec | null): string[] {
  if (spec === null) return models[role];
  if (spec.model !== null) return [spec.model];
  return asksGateway(spec) ? models[role] : [];
}
