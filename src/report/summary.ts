import { plainLine } from "../core/plain-text.ts";
import { type RunState, endedBadly } from "../core/run-state.ts";
import { describeDelivery, describeOutcome, nextSteps } from "./describe-run.ts";
import { pad, widest } from "./fit.ts";
import { formatElapsed } from "./format.ts";
import type { Paint } from "./paint.ts";
import { describeTask, stateLooks } from "./task-words.ts";

/** What a person wants to know when it is over: the counts, the price, what did not work, where the work is, what to type. */
export function renderSummary({ state, ms, paint }: { state: RunState; ms: number; paint: Paint }): string[] {
  const head = `${paint.strong(`run ${plainLine(state.run)}`)}: ${describeOutcome(state)} · ${formatElapsed(ms)}`;
  const lines = [head, ...renderTroubles(state, paint)];
  if (state.delivery !== null && state.delivery.type !== "left")
    lines.push(`  ${describeDelivery(state.delivery)}`);
  if (state.delivery?.type === "left")
    lines.push(`  your branch was left alone: ${plainLine(state.delivery.reason)}`);
  return [...lines, ...renderNextSteps(state, paint)];
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

function renderNextSteps(state: RunState, paint: Paint): string[] {
  const steps = nextSteps(state);
  const column = widest(
    steps.map((step) => step.command),
    60,
  );
  return steps.map(({ command, why }) => `  ${pad(command, column)}  ${paint.quiet(why)}`);
}
