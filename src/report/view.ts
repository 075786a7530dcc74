import { createPaint } from "./paint.ts";
import { footingOf, renderFooter } from "./view-footer.ts";
import { renderTasks } from "./view-tasks.ts";
import type { View } from "./view-input.ts";
import { renderWaiting } from "./view-waiting.ts";

/**
 * The live view: what waits for the person, the tasks, how the run stands. At most `height - 1` lines (the
 * cursor rests on the last one), none wider than `width`.
 */
export function renderView(view: View): string {
  const paint = createPaint(view.colors);
  const most = Math.max(1, view.height - 1);
  const footer = renderFooter({ ...view, footing: footingOf(view.state) }, paint);
  const waiting = renderWaiting(view, { rows: Math.max(3, Math.floor((most - footer.length) / 2)), paint });
  const gaps = waiting.length > 0 ? 2 : 1;
  const tasks = renderTasks(view, { rows: Math.max(1, most - footer.length - waiting.length - gaps), paint });
  const blocks = [waiting, tasks, footer].filter((block) => block.length > 0);
  const lines = blocks.flatMap((block, index) => (index === 0 ? block : ["", ...block]));
  if (lines.length <= most) return lines.join("\n");
  // What the person types at comes last in what waits, and goes last.
  if (waiting.length > most)
    return (view.prompt === null ? waiting.slice(0, most) : waiting.slice(-most)).join("\n");
  return fitRows(lines, { most, fixed: waiting.length }).join("\n");
}

/** On a terminal too low for everything the top and the last lines stay: all that waits, and how the run stands. */
function fitRows(lines: string[], { most, fixed }: { most: number; fixed: number }): string[] {
  const dense = lines.filter((line) => line !== "");
  if (dense.length <= most) return dense;
  const bottom = Math.min(Math.ceil(most / 2), most - fixed);
  return [...dense.slice(0, most - bottom), ...(bottom === 0 ? [] : dense.slice(-bottom))];
}
