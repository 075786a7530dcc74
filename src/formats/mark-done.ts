import type { Plan } from "../core/plan.ts";
import { scanners } from "./detect.ts";
import { applyEdits } from "./scan.ts";

/**
 * The source text with those tasks ticked, every other byte as it was. `text` is what is in the file now: it
 * may have been edited since `plan` was read from it. `missing` are the ids that it has no place for (any
 * more). A planner's plan has no boxes in its PRD, so there nothing is ticked and nothing is missing.
 */
export function markDone({ text, plan, ids }: { text: string; plan: Plan; ids: readonly string[] }): {
  text: string;
  missing: string[];
} {
  const { file, format } = plan.source;
  if (format === "planner") return { text, missing: [] };
  const { ticks } = scanners[format]({ text, file });
  const unique = [...new Set(ids)];
  return {
    text: applyEdits(
      text,
      unique.flatMap((id) => ticks.get(id) ?? []),
    ),
    missing: unique.filter((id) => (ticks.get(id) ?? null) === null),
  };
}
