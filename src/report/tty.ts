import { createLogUpdate } from "log-update";
import type { Activity, RunEvent } from "../core/event.ts";
import { hasEnded, type RunState } from "../core/run-state.ts";
import { widest } from "./fit.ts";
import { createPaint } from "./paint.ts";
import type { Reporter } from "./reporter.ts";
import { renderSummary } from "./summary.ts";
import { renderView } from "./view.ts";
import { renderStory } from "./story.ts";
import type { Prompt, View } from "./view-input.ts";

/** A terminal's stream; `columns` and `rows` are read at every drawing. */
export type TerminalStream = NodeJS.WritableStream & { columns?: number; rows?: number };

export type TtyReporter = Reporter & {
  /** Shows what the person types at an open question; null when they do not type. */
  setPrompt(prompt: Prompt | null): void;
};

type Live = Omit<
  View,
  "answered" | "startedAt" | "now" | "width" | "height" | "colors" | "isLive" | "isGoing"
> & {
  activities: Map<string, { text: string; at: number }>;
};

/** Events come in bursts: one drawing for all that happens within this time. */
const drawDelayMs = 60;
/** Clocks show seconds. */
const tickMs = 1000;

/** The live view: the present below, redrawn in place; the story above, left in the scrollback. */
export function createTtyReporter({
  stream,
  colors,
  now,
  startedAt,
}: {
  stream: TerminalStream;
  colors: boolean;
  now: () => number;
  /** When the run began, which may be long before it was resumed. */
  startedAt: number;
}): TtyReporter {
  const log = createLogUpdate(stream);
  const paint = createPaint(colors);
  const size = (): { width: number; height: number } => ({
    width: stream.columns ?? 80,
    height: stream.rows ?? 24,
  });
  let live: Live | null = null;
  let frame = "";
  let pendingDraw: NodeJS.Timeout | null = null;

  const draw = (): void => {
    if (pendingDraw !== null) clearTimeout(pendingDraw);
    pendingDraw = null;
    if (live === null) return;
    const { width, height } = size();
    // An empty line keeps the story and the present apart.
    const here = { startedAt, width, height: height - 1, now: now(), colors, isLive: true, isGoing: true };
    // Whoever shows this takes every answer at once.
    frame = `\n${renderView({ ...live, ...here, answered: new Map() })}`;
    log(frame);
  };
  const drawSoon = (): void => {
    pendingDraw ??= setTimeout(draw, drawDelayMs);
  };
  const tick = setInterval(draw, tickMs);
  tick.unref();
  const redraw = (): void => {
    const { width } = size();
    log.clear();
    stream.write(eraseUpwards(countBroken(frame, width)));
    draw();
  };
  stream.on("resize", redraw);

  return {
    onEvent(event, state) {
      live = follow(live, { event, state });
      const lines = renderStory(event, { state, width: size().width, paint });
      if (lines.length === 0) return drawSoon();
      log.persist(lines.join("\n"));
      draw();
    },
    onActivity({ task, text }: Activity) {
      live?.activities.set(task, { text, at: now() });
      drawSoon();
    },
    setPrompt(prompt) {
      if (live !== null) live.prompt = prompt;
      draw();
    },
    close() {
      clearInterval(tick);
      if (pendingDraw !== null) clearTimeout(pendingDraw);
      stream.removeListener("resize", redraw);
      log.clear();
      if (live !== null) {
        const { width } = size();
        const summary = renderSummary({ state: live.state, ms: now() - startedAt, paint, width });
        stream.write(`\n${summary.join("\n")}\n`);
      }
      log.done();
    },
  };
}

/** A terminal that was made narrower has broken long lines in two: so many lines more than were drawn. */
function countBroken(frame: string, width: number): number {
  const extra = frame.split("\n").map((line) => Math.ceil(widest([line]) / Math.max(1, width)) - 1);
  return extra.reduce((sum, count) => sum + Math.max(0, count), 0);
}

const esc = String.fromCharCode(0x1b);

/** Up by so many lines, and everything from there on erased. */
function eraseUpwards(lines: number): string {
  return lines === 0 ? "" : `${esc}[${lines}A${esc}[J`;
}

/** The live facts after an event: since when each task is where it is, and no word of a worker that has stopped. */
function follow(live: Live | null, { event, state }: { event: RunEvent; state: RunState }): Live {
  const since = new Map(live?.since);
  const activities = live?.activities ?? new Map<string, { text: string; at: number }>();
  for (const [id, record] of state.tasks) {
    const before = live?.state.tasks.get(id);
    const isSame = before?.state.type === record.state.type && before.attempts === record.attempts;
    if (!isSame) since.set(id, event.at);
    if (!isSame || hasEnded(record.state)) activities.delete(id);
  }
  const stopping = stoppingAfter(event, live?.stopping ?? "nothing");
  return { state, activities, since, stopping, prompt: stillOpen(live?.prompt ?? null, state) };
}

function stoppingAfter(event: RunEvent, before: View["stopping"]): View["stopping"] {
  if (event.type === "run.interrupted") return event.again === true ? "workers" : "starts";
  return event.type === "run.resumed" ? "nothing" : before;
}

function stillOpen(prompt: Prompt | null, state: RunState): Prompt | null {
  return prompt !== null && state.questions.get(prompt.question)?.answer === null ? prompt : null;
}
