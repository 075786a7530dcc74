import { AgentxError, type Problem } from "../core/error.ts";
import { sortByPlace } from "../core/place.ts";
import type { Plan } from "../core/plan.ts";
import { validatePlan } from "../core/validate-plan.ts";

/** A plan file's text and the name that messages give it. */
export type PlanSource = { text: string; file: string };

/** Replace the characters from `start` up to `end`. */
export type Edit = { start: number; end: number; text: string };

/**
 * What a format's reader finds. It never throws: write-back reads a text that a person may have broken since.
 * `ticks` holds, for each id, the edits that mark the task as done: none when it already is, null when the
 * text has no place for it.
 */
export type Scan = { plan: Plan; problems: Problem[]; ticks: Map<string, Edit[] | null> };

/** The plan, or every problem of the text and of the plan at once as `PLAN_INVALID`. */
export function acceptScan({ plan, problems }: Scan): Plan {
  // Where nothing could be read, the reason is enough: that there are no tasks follows from it.
  const unread = problems.length > 0 && plan.tasks.length === 0;
  const all = sortByPlace([...problems, ...(unread ? [] : validatePlan(plan))], plan.source.file);
  if (all.length > 0) throw new AgentxError("PLAN_INVALID", all);
  return plan;
}

/** Edits must not overlap; their order does not matter. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    parts.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  return parts.join("") + text.slice(at);
}

/** The edits that tick the box of a checklist line: none when it is ticked. */
export function tickBox({ text, at }: { text: string; at: number }): Edit[] {
  const box = text.indexOf("[");
  if (box === -1 || /^\[[xX]\]/.test(text.slice(box, box + 3))) return [];
  return [{ start: at + box + 1, end: at + box + 2, text: "x" }];
}
