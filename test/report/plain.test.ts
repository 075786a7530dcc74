import { describe, expect, test } from "vitest";
import type { EventBody, EventType } from "../../src/core/event.ts";
import { createPlainReporter } from "../../src/report/plain.ts";
import { formatClock } from "../../src/report/format.ts";
import { asEvents, aTask, attempt, eventfulRun, played, someSettings, startAt, started } from "./a-run.ts";

function linesOf(bodies = eventfulRun(), colors = false): string[] {
  let text = "";
  const reporter = createPlainReporter({ write: (part) => (text += part), colors, startedAt: startAt });
  for (const { event, state } of played(asEvents(bodies))) reporter.onEvent(event, state);
  reporter.onActivity({ type: "worker.activity", task: "login", text: "reads" });
  reporter.close();
  return text.split("\n");
}

/** Names every type, so that a new one has to come here too. */
const everyType: Record<EventType, true> = {
  "run.started": true,
  "run.resumed": true,
  "run.interrupted": true,
  "baseline.finished": true,
  "attempt.started": true,
  "model.called": true,
  "model.left": true,
  "tools.withheld": true,
  "provider.paused": true,
  "provider.resumed": true,
  "agent.started": true,
  "worker.finished": true,
  "attempt.failed": true,
  "gates.finished": true,
  "gates.compared": true,
  "change.flagged": true,
  "review.finished": true,
  "merge.started": true,
  "merge.prepared": true,
  "merge.conflicted": true,
  "merge.deferred": true,
  "merge.ejected": true,
  "merge.stale": true,
  "task.merged": true,
  "task.done": true,
  "task.failed": true,
  "task.canceled": true,
  "task.skipped": true,
  "task.retried": true,
  "question.asked": true,
  "question.answered": true,
  "note.added": true,
  "note.delivered": true,
  "run.delivered": true,
  "run.finished": true,
};

describe("plain lines", () => {
  test("say every type of event, one line each", () => {
    const bodies = eventfulRun();
    expect(new Set(bodies.map((body) => body.type))).toEqual(new Set(Object.keys(everyType)));
    const lines = linesOf(bodies).slice(0, bodies.length);
    for (const line of lines)
      expect(line).toMatch(
        /^\d\d:\d\d:\d\d (session|login  |survey |docs   |admin  |audit  |theme  |run    ) \S/,
      );
  });

  test("name the program that reviewed where its model is not known", () => {
    const agents = { worker: "both", reviewer: "both" };
    const lines = linesOf(
      eventfulRun().map((body) =>
        body.type === "review.finished" ? { ...body, model: "both/unknown", sameModel: null, agents } : body,
      ),
    ).join("\n");
    expect(lines).toContain("approved by both (same program as the worker, models not known)");
    expect(lines).not.toContain("unknown");
  });

  test("give the time, the task in its column, and the first failing line of a red gate", () => {
    expect(linesOf()).toContain(
      `${formatClock(startAt + 220_000)} session gates red: test (exit 1) · src/login.test.ts:14 expected 200 to be 401`,
    );
  });

  test("say with what a question is answered", () => {
    expect(linesOf().join("\n")).toContain(
      'login   question 1: Strict or Lax cookies? · options: 1 Strict, 2 Lax · agentx answer 1 "…"',
    );
  });

  test("name the findings that send work back, and who found them", () => {
    expect(linesOf().join("\n")).toContain(
      "session sent back by gpt-5: 1 finding · blocking src/login.ts:14 the token is never checked",
    );
  });

  test("end with what became of it, what it cost and what to type", () => {
    const text = linesOf().join("\n");
    expect(text).toContain(
      "run 7f3k: 1 merged, 1 done, 2 failed, 1 canceled, 2 skipped · $0.31 of $20.00 + 1 call unpriced · 16m 40s",
    );
    expect(text).toContain("✗ admin failed: gave up after 3 attempts");
    expect(text).toMatch(/agentx retry admin +try admin again/);
    expect(text).toMatch(/git merge agentx\/7f3k\/integration +take the work onto your branch/);
  });

  test("end with the command that removes what is left, where nothing else is to be done", () => {
    const done: EventBody[] = [started([aTask("look", { role: "research" })]), attempt("look")];
    done.push({ type: "task.done", task: "look", note: "Seen." }, { type: "run.finished" });
    expect(linesOf(done).join("\n")).toMatch(/agentx clean +remove its worktrees and branches/);
    expect(linesOf().join("\n")).not.toContain("agentx clean");
  });

  test("count the time from the run's own beginning, also when only its end was seen", () => {
    let text = "";
    const write = (part: string): void => void (text += part);
    const reporter = createPlainReporter({ write, colors: false, startedAt: startAt });
    const last = played(asEvents(eventfulRun())).at(-1);
    if (last !== undefined) reporter.onEvent(last.event, last.state);
    reporter.close();
    expect(text).toContain("unpriced · 16m 40s");
  });

  test("have colour codes only where they are wanted", () => {
    expect(linesOf(eventfulRun(), false).join("")).not.toContain("\u001b");
    expect(linesOf(eventfulRun(), true).join("")).toContain("\u001b[32m");
  });

  test("warn where there is no sandbox", () => {
    expect(linesOf(eventfulRun(someSettings({ unsafeNoSandbox: true })))[0]).toContain(
      "no sandbox: what models run, runs as you",
    );
  });

  test("print nothing about a run that never began", () => {
    let text = "";
    createPlainReporter({ write: (part) => (text += part), colors: false, startedAt: startAt }).close();
    expect(text).toBe("");
  });
});
