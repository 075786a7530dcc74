import { plainLine } from "../core/plain-text.ts";
import { type TaskRecord, type TaskState, endedBadly, endedWell, hasEnded } from "../core/run-state.ts";
import { flow } from "./fit.ts";
import type { Paint } from "./paint.ts";
import { layoutRows, renderRow, rowAt, rowFacts } from "./task-row.ts";
import { type View, margin } from "./view-input.ts";

/** How much of the screen the tasks may take before the idle ones are folded into a line. */
const roomyShare = 2 / 3;

/** So many of the tasks that have not begun are named; a long list of them is no news. */
const upNext = 5;

/**
 * The tasks, a row each. While all fit they stand in plan order and never move, which is calmest to watch.
 * When they do not, what works or waits comes first, then what went wrong, then what comes next; the rest is counted.
 */
export function renderTasks(view: View, { rows, paint }: { rows: number; paint: Paint }): string[] {
  const records = [...view.state.tasks.values()];
  const roomy = Math.min(rows, Math.floor(view.height * roomyShare));
  const shown = records.length <= roomy ? records : pickRows(records, { rows, roomy });
  const { state, since, activities, width } = view;
  const seen = shown.map((record) => {
    const { id } = record.task;
    return rowAt(rowFacts(record, { state, since: since.get(id) ?? null }), view, activities.get(id) ?? null);
  });
  const layout = layoutRows(seen, width);
  const lines = seen.map((row) => margin(width) + renderRow(row, { width, layout, paint }));
  const rest = records.filter((record) => !shown.includes(record));
  return [...lines, ...renderRest(rest, view).map((line) => paint.quiet(line))];
}

function pickRows(records: TaskRecord[], { rows, roomy }: { rows: number; roomy: number }): TaskRecord[] {
  const isActive = ({ state }: TaskRecord): boolean => state.type !== "pending" && !hasEnded(state);
  const active = records.filter(isActive);
  const bad = records.filter(({ state }) => endedBadly(state));
  const pending = records.filter(({ state }) => state.type === "pending");
  const foldLine = 1;
  const calm = [...active, ...bad, ...pending.slice(0, upNext)].slice(0, Math.max(0, roomy - foldLine));
  // Work that goes on is worth the whole screen; what only waits is not.
  return active.length > calm.length ? active.slice(0, Math.max(0, rows - foldLine)) : calm;
}

/** `… 2 working, 12 pending, 30 merged`. */
function renderRest(rest: TaskRecord[], { width }: View): string[] {
  if (rest.length === 0) return [];
  const counts = new Map<TaskState["type"], number>();
  for (const { state } of rest) counts.set(state.type, (counts.get(state.type) ?? 0) + 1);
  const weight = (type: TaskState["type"]): number => (endedWell({ type }) ? 1 : 0);
  const parts = [...counts]
    .sort(([a], [b]) => weight(a) - weight(b))
    .map(([type, count]) => `${count} ${type}`);
  const [line = ""] = flow([`… ${parts.join(", ")}`], width - margin(width).length);
  return [margin(width) + plainLine(line)];
}
