import { plainLine } from "../core/plain-text.ts";
import { type RunState, endedBadly } from "../core/run-state.ts";
import { commands } from "./commands.ts";
import { describeDelivery, describeOutcome, nextSteps, ongoing } from "./describe-run.ts";
import { pad, widest, wrap } from "./fit.ts";
import { formatElapsed } from "./format.ts";
import type { Paint } from "./paint.ts";
import { describeTask, stateLooks } from "./task-words.ts";

type Summary = { state: RunState; ms: number; paint: Paint; width: number };

/**
 * What a person wants to know when it is over: the counts, the price, what did not work, where the work is, what to type.
 * @param width Infinity where lines are never broken
 */
export function renderSummary({ state, ms, paint, width }: Summary): string[] {
  const head = `${paint.strong(`run ${plainLine(state.run)}`)}: ${describeOutcome(state)} · ${formatElapsed(ms)}`;
  const lines = [head, ...renderTroubles(state, paint)];
  if (state.delivery !== null && state.delivery.type !== "left")
    lines.push(`  ${describeDelivery(state.delivery)}`);
  if (state.delivery?.type === "left")
    lines.push(`  your branch was left alone: ${plainLine(state.delivery.reason)}`);
  return [...lines.flatMap((line) => broken(line, width)), ...renderNextSteps(state, { paint, width })];
}

function renderTroubles(state: RunState, paint: Paint): string[] {
  const bad = [...state.tasks.values()].filter((record) => endedBadly(record.state));
  return bad.map((record) => {
    const { symbol, tone } = stateLooks[record.state.type];
    const why = describeTask(record, state);
    const word = paint[tone](`${symbol} ${plainLine(record.task.id)} ${record.state.type}`);
    return why === "" ? `  ${word}` : `  ${word}: ${why}`;
  });
}

/** Between words; what does not fit on the first line hangs under it. */
function broken(line: string, width: number): string[] {
  const text = line.trimStart();
  const indent = " ".repeat(line.length - text.length + 2);
  if (width === Infinity) return [line];
  const [first = "", ...more] = wrap(text, width - indent.length);
  return [indent.slice(2) + first, ...more.map((part) => indent + part)];
}

/** A command is never broken, as it is copied; where it leaves no room for its reason, that stands below. */
function renderNextSteps(state: RunState, { paint, width }: Pick<Summary, "paint" | "width">): string[] {
  const needed = nextSteps(ongoing(state));
  const isOver = state.phase === "finished" && needed.length === 0;
  const steps = isOver ? [{ command: commands.clean, why: "remove its worktrees and branches" }] : needed;
  const column = widest(
    steps.map((step) => step.command),
    60,
  );
  const isRoomy = column + widest(steps.map((step) => step.why)) + 4 <= width;
  return steps.flatMap(({ command, why }) =>
    isRoomy
      ? [`  ${pad(command, column)}  ${paint.quiet(why)}`]
      : [`  ${command}`, ...broken(`    ${paint.quiet(why)}`, width)],
  );
}
