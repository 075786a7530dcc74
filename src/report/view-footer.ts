import { plainLine } from "../core/plain-text.ts";
import { type RunState, integrationBranch } from "../core/run-state.ts";
import { countEndedWell, countStates } from "./describe-run.ts";
import { cut, flow } from "./fit.ts";
import { formatElapsed, formatRunSpend } from "./format.ts";
import type { Paint } from "./paint.ts";
import { type View, margin } from "./view-input.ts";

/** How the run stands: progress, price and time; where it all lands and which keys there are; what is dangerous. */
export function renderFooter(view: View, paint: Paint): string[] {
  const { state, width } = view;
  const space = margin(width);
  const room = width - space.length;
  const barColumns = width < narrow ? 0 : Math.min(24, Math.floor(room / 5));
  const bar = barColumns === 0 ? "" : `${renderBar(state, barColumns)}  `;
  const [first = "", ...more] = flow(standing(view), room - bar.length);
  const lines = [paintBar(bar, paint) + first, ...more.map((line) => " ".repeat(bar.length) + line)];
  for (const line of flow(bearings(view), room)) lines.push(paint.quiet(line));
  if (state.settings.unsafeNoSandbox) {
    lines.push(paint.bad(cut("! no sandbox (--unsafe-no-sandbox): what models run, runs as you", room)));
  }
  return lines.map((line) => space + line);
}

/** `3/12 merged` or `3 merged, 1 done of 12`, `1 failed`, `$4.12 of $20.00`, `14m 02s`. */
function standing({ state, now, startedAt }: View): string[] {
  const counts = countStates(state);
  const bad = (["failed", "canceled", "skipped"] as const).flatMap((type) => {
    const count = counts.get(type) ?? 0;
    return count > 0 ? [`${count} ${type}`] : [];
  });
  const merged = counts.get("merged") ?? 0;
  const done = counts.get("done") ?? 0;
  const total = state.tasks.size;
  const well = done === 0 ? `${merged}/${total} merged` : `${merged} merged, ${done} done of ${total}`;
  return [well, ...bad, formatRunSpend(state), formatElapsed(now - startedAt)];
}

function bearings({ state, isStopping, isLive }: View): string[] {
  const phases = {
    baseline: "checking the base",
    running: "",
    delivering: "delivering",
    finished: "finished",
  };
  const hint = isStopping ? "stopping: Ctrl-C again stops the workers" : "Ctrl-C stops starting work";
  const keys = state.phase === "finished" || !isLive ? "" : hint;
  const name = `run ${plainLine(state.run)}`;
  return [name, phases[state.phase], integrationBranch(plainLine(state.run)), keys];
}

/** Below this many columns the numbers alone tell the progress. */
const narrow = 60;
const full = "━";
const empty = "╌";

function renderBar(state: RunState, columns: number): string {
  const filled =
    state.tasks.size === 0 ? 0 : Math.floor((countEndedWell(state) / state.tasks.size) * columns);
  return full.repeat(filled) + empty.repeat(columns - filled);
}

function paintBar(bar: string, paint: Paint): string {
  const filled = bar.lastIndexOf(full) + 1;
  return paint.good(bar.slice(0, filled)) + paint.quiet(bar.slice(filled));
}
