import type { Role, Task } from "../core/plan.ts";
import type { RunSettings } from "../core/run-settings.ts";
import type { RunState } from "../core/run-state.ts";
import { pickReviewer } from "../models/pick-reviewer.ts";

/** Models for a role in order of preference; a task's own model comes first where it does the task's work. */
export function modelsFor(
  settings: RunSettings,
  { role, task }: { role: Role; task: Task | null },
): string[] {
  const own = task?.model !== undefined && role === task.role ? [task.model] : [];
  return [...new Set([...own, ...settings.models[role]])];
}

/** Review models, and whether nobody but the implementer's own model is there to review. */
export function reviewersFor(settings: RunSettings, task: Task): { models: string[]; sameModel: boolean } {
  const [implementer = ""] = modelsFor(settings, { role: task.role, task });
  const candidates = [...new Set([...settings.models.review, ...settings.models.implement])];
  const picked = pickReviewer(settings.models.review, implementer);
  if (picked === null) return { models: candidates, sameModel: true };
  const rest = candidates.filter((model) => model !== picked.model && model !== implementer);
  return { models: [picked.model, ...rest], sameModel: picked.same };
}

/** Dollars that the run may still spend, or null without a budget. */
export function usdLeft(run: RunState): number | null {
  return run.budgetUsd === null ? null : Math.max(0, run.budgetUsd - run.spend.usd);
}
