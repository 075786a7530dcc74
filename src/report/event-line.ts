import type { RunEvent } from "../core/event.ts";
import { plainLine } from "../core/plain-text.ts";
import type { RunState } from "../core/run-state.ts";
import { describeEvent } from "./describe-event.ts";
import { pad, widest } from "./fit.ts";
import { formatClock } from "./format.ts";
import type { Paint } from "./paint.ts";

/** Stands in the column of the tasks when an event is about all of them. */
const runSubject = "run";
const widestColumn = 24;

type Look = { column: number; paint: Paint };

/** Columns that the longest task id of a run needs, within reason. */
export function taskColumn(state: RunState): number {
  return widest([runSubject, ...[...state.tasks.keys()].map(plainLine)], widestColumn);
}

/** `12:03:04 login  ` and `gates red: test (exit 1)`. */
export function renderEventHead(event: RunEvent, { column, paint }: Look): { head: string; text: string } {
  const { task, text, tone } = describeEvent(event);
  const head = `${paint.quiet(formatClock(event.at))} ${pad(task ?? runSubject, column)} `;
  return { head, text: paint[tone](text) };
}

/** The head with all that belongs to it, as long as it is: a log is not cut. */
export function renderEventLine(event: RunEvent, look: Look): string {
  const { head, text } = renderEventHead(event, look);
  return [head + text, ...describeEvent(event).details].join(" · ");
}
