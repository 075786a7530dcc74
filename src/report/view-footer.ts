import { plainLine } from "../core/plain-text.ts";
import { type RunState, integrationBranch } from "../core/run-state.ts";
import { countStates, typesOf } from "./describe-run.ts";
import { cut, flow } from "./fit.ts";
import { formatElapsed, formatRunSpend } from "./format.ts";
import type { Paint } from "./paint.ts";
import { type View, margin } from "./view-input.ts";

type Counts = ReturnType<typeof countStates>;

/** All that the footer says of a run. */
export type Footing = Pick<RunState, "run" | "phase"> & {
  counts: Counts;
  spend: string;
  unsafeNoSandbox: boolean;
};

type Footed = Pick<View, "width" | "now" | "startedAt" | "stopping" | "isLive"> & { footing: Footing };

export function footingOf(state: RunState): Footing {
  const { run, phase, settings } = state;
  const { unsafeNoSandbox } = settings;
  return { run, phase, counts: countStates(typesOf(state)), spend: formatRunSpend(state), unsafeNoSandbox };
}

function totalOf(counts: Counts): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

/** How the run stands: progress, price and time; where it all lands and which keys there are; what is dangerous. */
export function renderFooter(view: Footed, paint: Paint): string[] {
  const { footing, width } = view;
  const space = margin(width);
  const room = width - space.length;
  const barColumns = width < narrow ? 0 : Math.min(24, Math.floor(room / 5));
  const bar = barColumns === 0 ? "" : `${renderBar(footing.counts, barColumns)}  `;
  const [first = "", ...more] = flow(standing(view), room - bar.length);
  const lines = [paintBar(bar, paint) + first, ...more.map((line) => " ".repeat(bar.length) + line)];
  for (const line of flow(bearings(view), room)) lines.push(paint.quiet(line));
  if (footing.unsafeNoSandbox) {
    lines.push(paint.bad(cut("! no sandbox (--unsafe-no-sandbox): what models run, runs as you", room)));
  }
  return lines.map((line) => space + line);
}

/** `3/12 merged` or `3 merged, 1 done of 12`, `1 failed`, `$4.12 of $20.00`, `14m 02s`. */
function standing({ footing, now, startedAt }: Footed): string[] {
  const { counts } = footing;
  const bad = (["failed", "canceled", "skipped"] as const).flatMap((type) => {
    const count = counts.get(type) ?? 0;
    return count > 0 ? [`${count} ${type}`] : [];
  });
  const merged = counts.get("merged") ?? 0;
  const done = counts.get("done") ?? 0;
  const total = totalOf(counts);
  const well = done === 0 ? `${merged}/${total} merged` : `${merged} merged, ${done} done of ${total}`;
  return [well, ...bad, footing.spend, formatElapsed(now - startedAt)];
}

function bearings({ footing, stopping, isLive }: Footed): string[] {
  const phases = {
    baseline: "checking the base",
    running: "",
    delivering: "delivering",
    finished: "finished",
  };
  const keys = footing.phase === "finished" || !isLive ? "" : hints[stopping];
  const name = `run ${plainLine(footing.run)}`;
  return [name, phases[footing.phase], integrationBranch(plainLine(footing.run)), keys];
}

const hints: Record<View["stopping"], string> = {
  nothing: "Ctrl-C stops starting work",
  starts: "stopping: Ctrl-C again stops the workers",
  workers: "stopping the workers",
};

/** Below this many columns the numbers alone tell the progress. */
const narrow = 60;
const full = "━";
const empty = "╌";

function renderBar(counts: Counts, columns: number): string {
  const well = (counts.get("merged") ?? 0) + (counts.get("done") ?? 0);
  const filled = well === 0 ? 0 : Math.floor((well / totalOf(counts)) * columns);
  return full.repeat(filled) + empty.repeat(columns - filled);
}

function paintBar(bar: string, paint: Paint): string {
  const filled = bar.lastIndexOf(full) + 1;
  return paint.good(bar.slice(0, filled)) + paint.quiet(bar.slice(filled));
}
