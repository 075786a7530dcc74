import { nextSteps } from "./describe-run.ts";
import { cut, wrap } from "./fit.ts";
import { laidRows, pipeLook } from "./laid-rows.ts";
import { createPaint, type Paint } from "./paint.ts";
import type { Standing } from "./standing.ts";
import { layoutRows, renderRow, rowAt } from "./task-row.ts";
import { renderFooter } from "./view-footer.ts";
import { margin } from "./view-input.ts";
import { renderWaiting } from "./view-waiting.ts";

export type Status = {
  standing: Standing;
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
  const { standing, width, colors, pid, answered } = status;
  const { run, phase, lastAt, hold, delivery, ...head } = standing.head;
  const paint = createPaint(colors);
  const isGoing = pid !== null;
  // A run that has ended takes no more time.
  const now = phase === "finished" ? lastAt : status.now;
  const questions = new Map(head.questions.map((question) => [question.id, { question, answer: null }]));
  const process = isGoing ? `worked on by process ${pid}` : "no agentx process works on it now";
  const steps = isGoing
    ? []
    : nextSteps({ ...head, run, phase, questions, delivery }, answered).map(
        ({ command, why }) => `${command}  ${paint.quiet(why)}`,
      );
  const tail = [paint.quiet(process), ...steps].flatMap((line) => wrap(line, width - margin(width).length));
  const footing = { ...head, run, phase, counts: new Map(head.counts) };
  const { startedAt } = head;
  const foot = [
    ...renderFooter({ footing, now, startedAt, width, stopping: "nothing", isLive: false }, paint),
    ...tail.map((line) => cut(margin(width) + line, width)),
  ];
  const state = { run, hold, pauses: new Map(head.pauses), questions };
  const waiting = renderWaiting({ state, width, isGoing, answered, prompt: null }, { rows: Infinity, paint });
  const rows = renderRows(status, { isGoing, now, paint });
  return [waiting.join("\n"), rows, foot.join("\n")].filter((block) => block !== "").join("\n\n");
}

type Seen = { isGoing: boolean; now: number; paint: Paint };

function renderRows({ standing, width, colors }: Status, { isGoing, now, paint }: Seen): string {
  const isPipe = width === pipeLook.width && colors === pipeLook.colors;
  const laid = isPipe ? laidRows(standing.laid, { isGoing, now }) : null;
  if (laid !== null) return laid;
  const rows = standing.tasks().map((facts) => rowAt(facts, { isGoing, now, width }));
  const layout = layoutRows(rows, width);
  return rows.map((row) => margin(width) + renderRow(row, { width, layout, paint })).join("\n");
}
