import type { RunEvent } from "../core/event.ts";
import type { RunState } from "../core/run-state.ts";
import { renderEventLine, taskColumn } from "./event-line.ts";
import { createPaint } from "./paint.ts";
import type { Reporter, Write } from "./reporter.ts";
import { renderSummary } from "./summary.ts";

/** One line an event, aligned and greppable, for pipes and CI. What a worker does between events is not said. */
export function createPlainReporter({ write, colors }: { write: Write; colors: boolean }): Reporter {
  const paint = createPaint(colors);
  let startedAt = 0;
  let last: { event: RunEvent; state: RunState } | null = null;
  return {
    onEvent(event, state) {
      if (last === null) startedAt = event.at;
      last = { event, state };
      write(`${renderEventLine(event, { column: taskColumn(state), paint })}\n`);
    },
    onActivity() {},
    close() {
      if (last === null) return;
      const summary = renderSummary({ state: last.state, ms: last.event.at - startedAt, paint });
      write(`\n${summary.join("\n")}\n`);
    },
  };
}
