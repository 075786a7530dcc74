import { describe, expect, test } from "vitest";
import { AgentxError } from "../../src/core/error.ts";
import type { Task } from "../../src/core/plan.ts";
import { renderError } from "../../src/report/error.ts";
import { renderPlanTable } from "../../src/report/plan-table.ts";
import { renderQuestions } from "../../src/report/questions.ts";
import { renderStatus } from "../../src/report/status.ts";
import { aStanding } from "./a-standing.ts";
import { renderTaskLog } from "../../src/report/task-log.ts";
import { aPlan, aTask, asEvents, eventfulRun, startAt, stateAfter } from "./a-run.ts";
import { CoreRun, task } from "../support/core-run.ts";

const look = { width: 100, colors: false };
const workerOf = ({ model }: Task): string => model ?? "claude anthropic/claude-opus-5-5";
const events = asEvents(eventfulRun());
const asking = stateAfter(events.slice(0, 1 + events.findIndex(({ type }) => type === "question.asked")));

describe("the plan before the go-ahead", () => {
  const tasks = [
    aTask("docs", { needs: ["login", "session"], touches: [] }),
    aTask("login", { needs: ["session"], model: "openai/gpt-5" }),
    aTask("session", { touches: ["a", "b"] }),
    aTask("setup", { done: true }),
    aTask("survey", { role: "research" }),
  ];
  const text = renderPlanTable({
    ...look,
    plan: aPlan(tasks),
    workerOf,
    estimate: ["about $2 to $6"],
  });

  test("says what it may cost to the end, however narrow it is", () => {
    const estimate = [
      "May cost about $0.21 to $1.90 (a rough guess from list prices); the run asks you at $20.00.",
    ];
    const narrow = renderPlanTable({ ...look, width: 80, plan: aPlan(tasks), workerOf, estimate });
    expect(narrow.replaceAll("\n", " ")).toContain(estimate[0]);
  });

  test("is in the order in which it can be done", () => {
    expect(text.match(/^ *\d {2}\S+/gm)?.map((row) => row.trim())).toEqual([
      "1  session",
      "2  setup",
      "3  survey",
      "4  login",
      "5  docs",
    ]);
  });

  test("says role, needs, model and how much is touched", () => {
    expect(text).toMatch(/login +The login of it +implement +session +openai\/gpt-5 +1$/m);
    expect(text).toMatch(/session +The session of it +implement +– +claude anthropic\/claude-opus-5-5 +2$/m);
    expect(text).toMatch(
      /docs +The docs of it +implement +login, session +claude anthropic\/claude-opus-5-5 +any$/m,
    );
    expect(text).toMatch(/setup +The setup of it +done +– +– /);
  });

  test("ends with what is to do and what it may cost", () => {
    expect(text.split("\n").slice(-2)).toEqual([
      "4 tasks to do: 3 implement, 1 research, 1 already done",
      "about $2 to $6",
    ]);
  });

  test("still shows tasks that need each other in a circle", () => {
    const circle = aPlan([aTask("a", { needs: ["b"] }), aTask("b", { needs: ["a"] })]);
    expect(
      renderPlanTable({
        ...look,
        plan: circle,
        workerOf,
        estimate: [],
      }),
    ).toContain("2 tasks to do");
  });
});

const none: ReadonlyMap<number, string> = new Map();

describe("the status", () => {
  const given = { ...look, answered: none, now: startAt + 60_000 };
  const standing = aStanding(asking, { startedAt: startAt });

  test("shows what waits, all tasks, and who works on them", () => {
    const text = renderStatus({ ...given, standing, pid: 4242 });
    expect(text.indexOf("? 1  login: Strict or Lax cookies?")).toBeLessThan(text.indexOf("✓ session"));
    for (const id of asking.tasks.keys()) expect(text).toContain(` ${id} `);
    expect(text).toContain("worked on by process 4242");
    expect(text).not.toContain("Ctrl-C");
  });

  test("names the next command when nothing works on it", () => {
    expect(renderStatus({ ...given, standing, pid: null })).toContain("agentx resume 7f3k");
  });

  test('a status says "works" for days: of a task that nobody is at any more it says that it stopped', () => {
    const working = {
      ...given,
      standing: aStanding(new CoreRun([task("login")]).state, { startedAt: startAt }),
    };
    expect(renderStatus({ ...working, pid: 4242 })).toContain("login  working");
    const stopped = renderStatus({ ...working, pid: null });
    expect(stopped).toContain("login  stopped");
    expect(stopped).toContain("while working");
  });

  test("does not ask again for an answer that waits for the run to go on", () => {
    const text = renderStatus({ ...given, standing, pid: null, answered: new Map([[1, "Lax"]]) });
    expect(text).toContain("answered: Lax; agentx resume 7f3k goes on");
    expect(text).not.toContain("agentx answer");
  });
});

test("questions are shown in full, with their options and the command that answers them", () => {
  expect(renderQuestions({ ...look, answered: none, state: asking })).toBe(
    [
      "? 1  login",
      "     Strict or Lax cookies?",
      "     1 Strict",
      "     2 Lax",
      '     agentx answer 1 "…"',
    ].join("\n"),
  );
  expect(renderQuestions({ ...look, answered: none, state: stateAfter(events) })).toBe(
    "no open questions in run 7f3k",
  );
});

describe("a task's log", () => {
  const transcript = [
    { role: "assistant", text: "I read it first.\n    indented code", calls: ["read src/login.ts"] },
  ];
  const text = renderTaskLog({ ...look, width: 120, task: "login", events, transcript });

  test("has the task's events and its questions' answers, and no others", () => {
    const told = text
      .split("\n\n")[0]
      ?.split("\n")
      .map((line) => line.slice("00:00:00 ".length));
    expect(told).toEqual([
      "login works, attempt 1",
      'login question 1: Strict or Lax cookies? · options: 1 Strict, 2 Lax · agentx answer 1 "…"',
      "run   answer 1: Strict",
      "login failed: the budget is spent",
    ]);
  });

  test("has the conversation after them", () => {
    expect(text.endsWith("assistant\n  I read it first.\n      indented code\n  → read src/login.ts")).toBe(
      true,
    );
  });

  test("says so when nothing has happened yet", () => {
    expect(renderTaskLog({ ...look, task: "later", events, transcript: [] })).toBe(
      "nothing has happened to later yet",
    );
  });
});

describe("an error", () => {
  const cycle = { where: "plan.md:14", what: '"login" needs itself', hint: "remove one of the two needs" };

  test("says its code, the place, what is wrong and what to do", () => {
    const text = renderError(new AgentxError("PLAN_CYCLE", cycle), { colors: false });
    expect(text).toBe('error PLAN_CYCLE plan.md:14: "login" needs itself\n  remove one of the two needs');
  });

  test("says all problems at once", () => {
    const text = renderError(
      new AgentxError("PLAN_BAD", [cycle, { where: "", what: "no tasks", hint: "" }]),
      { colors: false },
    );
    expect(text).toBe(
      'error PLAN_BAD 2 problems\n  plan.md:14: "login" needs itself\n    remove one of the two needs\n  no tasks',
    );
  });
});
