import { type AgentSpec, agentNameFor, findAgentSpec } from "../core/agent-spec.ts";
import type { Role, Task } from "../core/plan.ts";
import { canSpeakTo } from "../core/program-apis.ts";
import type { RunSettings } from "../core/run-settings.ts";
import type { RunState } from "../core/run-state.ts";
import { pickReviewer } from "../models/pick-reviewer.ts";

type Job = { role: Role; task: Task | null };

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

/** Review models in order of preference; the one that wrote the change comes last, for when no other can be reached. */
export function reviewersFor(settings: RunSettings, writer: string): string[] {
  const spec = specFor(settings, { role: "review", task: null });
  const can = (model: string): boolean => canSpeakTo(spec, model, settings.providers);
  const review = standing(settings, "review", spec).filter(can);
  // An agent that names its model, or chooses it, has no others to fall back on.
  if (review.length === 0 || (spec?.model ?? null) !== null) return review;
  const picked = pickReviewer(review, writer);
  const others = [...review, ...settings.models.implement].filter((model) => model !== writer);
  return [...new Set([...(picked === null ? [] : [picked.model]), ...others, writer])].filter(can);
}

/** Dollars that the run may still spend, or null without a budget. */
export function usdLeft(run: RunState): number | null {
  return run.budgetUsd === null ? null : Math.max(0, run.budgetUsd - run.spend.usd);
}

/** An agent that nobody described is refused before a run starts; until then it is treated as the built-in one. */
function specFor({ agents, programs }: RunSettings, job: Job): AgentSpec | null {
  return findAgentSpec(agentNameFor(agents, job), programs) ?? null;
}

function standing({ models }: RunSettings, role: Role, spec: AgentSpec | null): string[] {
  if (spec === null) return models[role];
  if (spec.model !== null) return [spec.model];
  return spec.credentials === "own" ? [] : models[role];
}
