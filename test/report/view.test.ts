import { describe, expect, test } from "vitest";
import type { EventBody } from "../../src/core/event.ts";
import type { RunSettings } from "../../src/core/run-settings.ts";
import type { RunState } from "../../src/core/run-state.ts";
import { describeEvent } from "../../src/report/describe-event.ts";
import { renderView } from "../../src/report/view.ts";
import {
  aTask,
  asEvents,
  attempt,
  called,
  green,
  someSettings,
  startAt,
  started,
  stateAfter,
} from "./a-run.ts";
import { aView } from "./a-view.ts";

const question = "Sessions last a day, but src/session.ts renews them at every request. Which is meant?";

/** A run in the middle: one merged, one asks, one works, one waits. */
function midRun(given: Partial<RunSettings> = {}, more: EventBody[] = []): RunState {
  const tasks = [aTask("session"), aTask("login"), aTask("search"), aTask("docs", { needs: ["login"] })];
  const commit = "a1b2c3d4".repeat(5);
  return stateAfter(
    asEvents([
      started(tasks, someSettings(given)),
      { type: "baseline.finished", verdicts: [green] },
      attempt("session"),
      called("session", 0.31),
      { type: "worker.finished", task: "session", commit, files: ["src/session.ts"], note: "" },
      { type: "task.merged", task: "session", commit },
      attempt("login"),
      called("login", null),
      {
        type: "question.asked",
        question: {
          id: 3,
          kind: "worker",
          task: "login",
          text: question,
          options: ["since it began", "since last use"],
          default: null,
        },
      },
      attempt("search", 2),
      called("search", 1.02),
      ...more,
    ]),
  );
}

const activities = new Map([["search", { text: "edits src/search.ts: 検索 index", at: startAt + 590_000 }]]);
const since = new Map([
  ["login", startAt + 300_000],
  ["search", startAt + 466_000],
]);

/** A long plan: `working` begun, the rest pending, all of it in plan order. */
function longRun(tasks: number, working: number, merged: number): RunState {
  const ids = Array.from({ length: tasks }, (_, index) => `task-${index + 1}`);
  const begun = ids.slice(0, working + merged).map((id) => attempt(id));
  const landed = ids
    .slice(0, merged)
    .map((task): EventBody => ({ type: "task.merged", task, commit: "a".repeat(40) }));
  return stateAfter(asEvents([started(ids.map((id) => aTask(id))), ...begun, ...landed]));
}

describe("the live view", () => {
  test("at 80 columns", () => {
    expect(`\n${renderView(aView(midRun(), { activities, since }))}\n`).toMatchInlineSnapshot(`
      "
        ? 3  login: Sessions last a day, but src/session.ts renews them at every
             request. Which is meant?
             1 since it began  ·  2 since last use
             agentx answer 3 "…"

        ✓ session  merged             a1b2c3d4                                   $0.31
        ? login    blocked            needs answer 3                  5m 00s  unpriced
        ● search   working attempt 2  edits src/search.ts: 検索 in…   2m 14s     $1.02
        · docs     pending            needs login

        ━━━╌╌╌╌╌╌╌╌╌╌╌╌  1/4 merged · $1.33 of $20.00 + 1 call unpriced · 10m 00s
        run 7f3k · agentx/7f3k/integration · Ctrl-C stops starting work
      "
    `);
  });

  test("at 120 columns, without a sandbox, when it stops", () => {
    const state = midRun({ unsafeNoSandbox: true });
    expect(
      `\n${renderView(aView(state, { activities, since, width: 120, height: 40, stopping: "starts" }))}\n`,
    ).toMatchInlineSnapshot(`
        "
          ? 3  login: Sessions last a day, but src/session.ts renews them at every request. Which is meant?
               1 since it began  ·  2 since last use
               agentx answer 3 "…"

          ✓ session  merged               a1b2c3d4                                                                         $0.31
          ? login    blocked              needs answer 3                                                        5m 00s  unpriced
          ● search   working attempt 2    edits src/search.ts: 検索 index                                       2m 14s     $1.02
          · docs     pending              needs login

          ━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌  1/4 merged · $1.33 of $20.00 + 1 call unpriced · 10m 00s
          run 7f3k · agentx/7f3k/integration · stopping: Ctrl-C again stops the workers
          ! no sandbox (--unsafe-no-sandbox): what models run, runs as you
        "
      `);
  });

  test("at 40 columns", () => {
    expect(`\n${renderView(aView(midRun(), { activities, since, width: 40 }))}\n`).toMatchInlineSnapshot(`
      "
      ? 3  login: Sessions last a day, but
           src/session.ts renews them at every
           request. Which is meant?
           1 since it began  ·  2 since last
           use
           agentx answer 3 "…"

      ✓ session merged     a1b2c3d4
      ? login   blocked    needs ans…  5m 00s
      ● search  working #2 edits src…  2m 14s
      · docs    pending    needs log…

      1/4 merged
      $1.33 of $20.00 + 1 call unpriced
      10m 00s
      run 7f3k · agentx/7f3k/integration
      Ctrl-C stops starting work
      "
    `);
  });

  test("keeps every task in its place while all of them fit", () => {
    const text = renderView(aView(midRun(), { height: 40 }));
    const rows = text.split("\n").filter((line) => /merged|blocked|working|pending/.test(line));
    expect(rows.slice(0, 4).map((row) => row.trim().split(/\s+/)[1])).toEqual([
      "session",
      "login",
      "search",
      "docs",
    ]);
  });

  test("names those that work and the next few, and counts the rest", () => {
    const text = renderView(aView(longRun(60, 3, 30)));
    expect(text).toContain("● task-31  working");
    expect(text).toContain("● task-33  working");
    expect(text).toContain("· task-34  pending");
    expect(text).not.toContain("task-39 ");
    expect(text).toContain("… 22 pending, 30 merged");
    expect(text).toContain("30/60 merged");
  });

  test("gives the whole screen to work when there is that much of it", () => {
    const rows = renderView(aView(longRun(60, 50, 0), { height: 24 }))
      .split("\n")
      .filter((line) => line.includes("●"));
    expect(rows.length).toBe(18);
  });

  test("says how long a worker has been silent", () => {
    const silent = new Map([["search", { text: "runs npm test", at: startAt + 400_000 }]]);
    expect(renderView(aView(midRun(), { activities: silent, width: 120 }))).toContain(
      "quiet for 3m 20s: runs npm test",
    );
  });

  test("says the reason and the way out when no model can be reached", () => {
    const failure = {
      kind: "provider",
      reason: "401 from anthropic",
      hint: "set ANTHROPIC_API_KEY",
    } as const;
    const text = renderView(aView(midRun({}, [{ type: "attempt.failed", task: "search", failure }])));
    expect(text).toContain("! no model can be reached: 401 from anthropic");
    expect(text).toContain("set ANTHROPIC_API_KEY");
  });

  test("with many questions gives each a line, and the command for the rest", () => {
    const ids = Array.from({ length: 30 }, (_, index) => `task-${index + 1}`);
    const asked = ids.flatMap((task, index): EventBody[] => [
      attempt(task),
      {
        type: "question.asked",
        question: { id: index + 1, kind: "worker", task, text: "Which?", options: [], default: null },
      },
    ]);
    const text = renderView(aView(stateAfter(asEvents([started(ids.map((id) => aTask(id))), ...asked]))));
    expect(text).toContain("? 1  task-1: Which?");
    expect(text).toMatch(/… \d+ more: agentx questions · agentx answer <n> "…"/);
  });

  test("keeps the line that one types at, whatever else there is no room for", () => {
    const prompt = { question: 3, typed: "since it", refused: null };
    for (const height of [2, 3, 4, 5, 6, 8, 10, 15]) {
      for (const width of [40, 80]) {
        const lines = renderView(aView(midRun(), { prompt, height, width })).split("\n");
        expect(lines.length).toBeLessThan(height);
        expect(lines.join("\n"), `${width}x${height}`).toContain("› since it▏");
      }
    }
  });

  test("says why what was sent is no answer, what is taken by default, and that the workers are stopped", () => {
    const state = midRun();
    const [entry] = [...state.questions.values()].filter(({ answer }) => answer === null);
    const question = { ...entry!.question, options: ["Strict", "Lax"], default: "Lax" };
    const questions = new Map([[question.id, { question, answer: null }]]);
    const prompt = { question: question.id, typed: "9", refused: "there is no option 9" };
    const text = renderView(aView({ ...state, questions }, { prompt, stopping: "workers" }));
    expect(text).toContain("1 Strict  ·  2 Lax (default)");
    expect(text).toContain("› 9▏  there is no option 9: a number or your own words");
    expect(text).toContain("· stopping the workers");
    const asked = { type: "question.asked", question } as const;
    expect(describeEvent(asked).details).toContain("options: 1 Strict, 2 Lax (default)");
    expect(
      describeEvent({ ...asked, question: { ...question, options: [], default: "Lax" } }).details,
    ).toContain("default: Lax");
    const again = { type: "run.interrupted", signal: "SIGINT", again: true } as const;
    expect(describeEvent(again).text).toBe("interrupted (SIGINT): the workers are stopped");
  });

  test("tells what was merged from what had nothing to merge", () => {
    const done: EventBody = { type: "task.done", task: "search", note: "" };
    expect(renderView(aView(midRun({}, [done])))).toContain("1 merged, 1 done of 4 · ");
  });

  test("says in words what colour says", () => {
    const plain = renderView(aView(midRun(), { activities, since }));
    const painted = renderView(aView(midRun(), { activities, since, colors: true }));
    expect(painted).toContain("\u001b[");
    expect(painted.replace(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, "g"), "")).toBe(plain);
  });

  test("says that models are scripted", () => {
    const models = { plan: [], research: [], implement: ["scripted/demo"], review: [], resolve: [] };
    expect(renderView(aView(midRun({ models })))).toContain("1/4 merged · scripted model · 10m 00s");
  });
});
