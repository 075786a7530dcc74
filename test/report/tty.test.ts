import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createTtyReporter, type TerminalStream } from "../../src/report/tty.ts";
import { asEvents, eventfulRun, played } from "./a-run.ts";

const steps = played(asEvents(eventfulRun()));
const asked = steps.findIndex(({ event }) => event.type === "question.asked") + 1;

function aTerminal(): { stream: TerminalStream; text: () => string } {
  const stream: PassThrough & { columns?: number; rows?: number } = new PassThrough();
  stream.columns = 80;
  stream.rows = 24;
  let text = "";
  stream.on("data", (part: Buffer) => (text += part.toString()));
  return { stream, text: () => text };
}

function watch(count: number): {
  reporter: ReturnType<typeof createTtyReporter>;
  text: () => string;
  stream: TerminalStream;
} {
  const { stream, text } = aTerminal();
  const reporter = createTtyReporter({ stream, colors: false, now: Date.now, startedAt: Date.now() });
  for (const { event, state } of steps.slice(0, count)) reporter.onEvent({ ...event, at: Date.now() }, state);
  return { reporter, text, stream };
}

describe("on a terminal", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("what has happened is left in the scrollback once, in order", () => {
    const { reporter, text } = watch(steps.length);
    reporter.close();
    const story = text()
      .split("\n")
      .filter((line) => /\d\d:\d\d:\d\d \w+ +(gates red|merged as|failed:|finished)/.test(line));
    expect(story.map((line) => line.slice(line.search(/\d\d:\d\d:\d\d/) + 9).trim())).toEqual([
      "session gates red: test (exit 1)",
      "session merged as eeeeeeee",
      "admin   failed: gave up after 3 attempts",
      "login   failed: the budget is spent",
      "run     finished",
    ]);
  });

  test("a burst of activities is drawn once, with the last word", () => {
    const { reporter, text } = watch(4);
    vi.advanceTimersByTime(100);
    const before = text().length;
    for (let step = 0; step < 50; step += 1) {
      reporter.onActivity({ type: "worker.activity", task: "session", text: `step ${step}` });
    }
    vi.advanceTimersByTime(100);
    const drawn = text().slice(before);
    expect(drawn.match(/step \d+/g)).toEqual(["step 49"]);
    reporter.close();
  });

  test("only lines that changed are written again when the clock ticks", () => {
    const { reporter, text } = watch(asked);
    vi.advanceTimersByTime(100);
    const before = text().length;
    vi.advanceTimersByTime(1000);
    const drawn = text().slice(before);
    expect(drawn).toContain("1s");
    expect(drawn).not.toContain("Strict or Lax");
    reporter.close();
  });

  test("what the person types is shown at its question, and gone with the answer", () => {
    const { reporter, text } = watch(asked);
    reporter.setPrompt({ question: 1, typed: "Stri", refused: null });
    expect(text()).toContain("› Stri▏");
    const answered = steps.findIndex(({ event }) => event.type === "question.answered");
    for (const { event, state } of steps.slice(asked, answered)) reporter.onEvent(event, state);
    const before = text().length;
    for (const { event, state } of steps.slice(answered)) reporter.onEvent(event, state);
    vi.advanceTimersByTime(100);
    expect(text().slice(before)).not.toContain("› Stri");
    reporter.close();
  });

  test("closing leaves the summary and no timer, and draws no more", () => {
    const { reporter, text, stream } = watch(steps.length);
    reporter.close();
    expect(text()).toContain("run 7f3k: 1 merged, 1 done");
    const before = text().length;
    vi.advanceTimersByTime(5000);
    stream.emit("resize");
    expect(text().length).toBe(before);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("before the first event nothing is drawn", () => {
    const { reporter, text } = watch(0);
    reporter.onActivity({ type: "worker.activity", task: "session", text: "early" });
    vi.advanceTimersByTime(2000);
    reporter.close();
    expect(text()).not.toMatch(/[a-z]{3}/);
  });
});
