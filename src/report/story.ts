import type { RunEvent } from "../core/event.ts";
import type { RunState } from "../core/run-state.ts";
import { describeEvent } from "./describe-event.ts";
import { renderEventHead, taskColumn } from "./event-line.ts";
import { wrapHanging } from "./fit.ts";
import type { Paint } from "./paint.ts";

const mostDetails = 4;

/** An important event as it stays in the scrollback: its line, and under it what a person wants to see with it. */
export function renderStory(
  event: RunEvent,
  { state, width, paint }: { state: RunState; width: number; paint: Paint },
): string[] {
  const { isStory, details: all } = describeEvent(event);
  if (!isStory) return [];
  // An open question stands in the live view with all that belongs to it.
  const details = event.type === "question.asked" ? [] : all;
  const column = taskColumn(state);
  const indent = " ".repeat("00:00:00 ".length + column + 1);
  const more = details.length > mostDetails ? [`… ${details.length - mostDetails} more`] : [];
  const below = [...details.slice(0, mostDetails), ...more].flatMap((detail) =>
    wrapHanging({ head: indent, text: paint.quiet(detail) }, { width, maxLines: 2 }),
  );
  return [...wrapHanging(renderEventHead(event, { column, paint }), { width, maxLines: 3 }), ...below];
}
