import type { RunEvent } from "../core/event.ts";
import type { RunState } from "../core/run-state.ts";
import { renderEventLine, taskColumn } from "./event-line.ts";
import { createPaint } from "./paint.ts";
import type { Reporter, Write } from "./reporter.ts";
import { renderSummary } from "./summary.ts";

/** `startedAt` is when the run began, which may be long before it was resumed. */
type PlainOptions = { write: Write; colors: boolean; startedAt: number };

/** One line an event, aligned and greppable, for pipes and CI. What a worker does between events is not said. */
export function createPlainReporter({ write, colors, startedAt }: PlainOptions): Reporter {
  const paint = createPaint(colors);
  let column: number | null = null;
  let last: { event: RunEvent; state: RunState } | null = null;
  return {
    onEvent(event, state) {
      last = { event, state };
      column ??= taskColumn(state);
      write(`${renderEventLine(event, { column, paint })}\n`);
    },
    onActivity() {},
    close() {
      if (last === null) return;
      const ms = last.event.at - startedAt;
      const summary = renderSummary({ state: last.state, ms, paint, width: Infinity });
      write(`\n${summary.join("\n")}\n`);
    },
  };
}
