import { reviewCandidates } from "../core/role-models.ts";
import type { RunSettings } from "../core/run-settings.ts";
import type { RunState } from "../core/run-state.ts";
import { pickReviewer } from "../models/pick-reviewer.ts";

/** Review models in order of preference; the one that wrote the change comes last, for when no other can be reached. */
export function reviewersFor(settings: RunSettings, writer: string): string[] {
  const candidates = reviewCandidates(settings, writer);
  const picked = pickReviewer(
    candidates.filter((model) => settings.models.review.includes(model)),
    writer,
  );
  return [...new Set([...(picked === null ? [] : [picked.model]), ...candidates])];
}

/** Dollars that the run may still spend, or null without a budget. */
export function usdLeft(run: RunState): number | null {
  return run.budgetUsd === null ? null : Math.max(0, run.budgetUsd - run.spend.usd);
}
