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

/** Review models in order of preference; the one that wrote the change comes last, for when no other can be reached. */
export function reviewersFor(settings: RunSettings, writer: string): string[] {
  const { review, implement } = settings.models;
  const picked = pickReviewer(review, writer);
  const others = [...review, ...implement].filter((model) => model !== writer);
  return [...new Set([...(picked === null ? [] : [picked.model]), ...others, writer])];
}

/** Dollars that the run may still spend, or null without a budget. */
export function usdLeft(run: RunState): number | null {
  return run.budgetUsd === null ? null : Math.max(0, run.budgetUsd - run.spend.usd);
}
