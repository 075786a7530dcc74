import type { RunState } from "../core/run-state.ts";
import { createPaint } from "./paint.ts";
import { layoutRows, renderRow } from "./task-row.ts";
import { type View, margin } from "./view-input.ts";
import { renderFooter } from "./view-footer.ts";
import { renderWaiting } from "./view-waiting.ts";
import { cut, wrap } from "./fit.ts";
import { nextSteps } from "./describe-run.ts";

export type Status = {
  state: RunState;
  /** When the run began, and when each task came into its state; a task without a time shows none. */
  startedAt: number;
  since: ReadonlyMap<string, number>;
  /** Question → its answer, where no dispatcher has taken it yet. */
  answered: ReadonlyMap<number, string>;
  now: number;
  /** The process that runs it now, or null: then the next command is shown. */
  pid: number | null;
  width: number;
  colors: boolean;
};

/** What `agentx status` prints once: every task in plan order, under what waits for the person. */
export function renderStatus(status: Status): string {
  const { state, width, colors, pid, answered } = status;
  const paint = createPaint(colors);
  const view: View = {
    ...status,
    activities: new Map(),
    height: Infinity,
    isStopping: false,
    prompt: null,
    isLive: false,
    isGoing: pid !== null,
  };
  const records = [...state.tasks.values()];
  const layout = layoutRows(records, view);
  const rows = records.map((record) => margin(width) + renderRow(record, { view, layout, paint }));
  const process = pid === null ? "no agentx process works on it now" : `worked on by process ${pid}`;
  const steps =
    pid === null
      ? nextSteps(state, answered).map(({ command, why }) => `${command}  ${paint.quiet(why)}`)
      : [];
  const tail = [paint.quiet(process), ...steps].flatMap((line) => wrap(line, width - margin(width).length));
  const foot = [...renderFooter(view, paint), ...tail.map((line) => cut(margin(width) + line, width))];
  const waiting = renderWaiting(view, { rows: Infinity, paint });
  return [waiting, rows, foot]
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n");
}
