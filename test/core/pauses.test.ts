import { expect, test } from "vitest";
import type { EventBody } from "../../src/core/event.ts";
import { nextActions } from "../../src/core/next-actions.ts";
import { openQuestions } from "../../src/core/run-state.ts";
import { CoreRun, done, task } from "../support/core-run.ts";

const paused = (provider: string, until = 1000): EventBody => ({
  type: "provider.paused",
  provider,
  until,
  reason: `${provider}: slow down`,
});
const resumed = (provider: string): EventBody => ({ type: "provider.resumed", provider });
const stopped = (id: string): EventBody => ({
  type: "attempt.failed",
  task: id,
  failure: { kind: "paused", reason: "slow down", hint: "" },
});
const types = (run: CoreRun): string[] => nextActions(run.state).map(({ type }) => type);
const called = (model: string): EventBody => ({
  type: "model.called",
  task: "a",
  role: "implement",
  model,
  usage: { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 1 },
  usd: 0,
  ms: 1,
});

test("a task whose only provider is paused waits with it, asks nobody, and has used up no attempt", () => {
  const run = new CoreRun([task("a")]).apply(paused("a"), stopped("a"));
  expect(run.stateOf("a")).toBe("pending");
  expect(openQuestions(run.state)).toEqual([]);
  expect(nextActions(run.state)).toEqual([{ type: "waitForProvider", provider: "a", until: 1000 }]);

  run.apply(resumed("a"));
  expect(run.stateOf("a")).toBe("working");
  expect(run.state.tasks.get("a")?.attempts).toBe(1);
});

test("nothing new starts that needs the provider, and what has another one goes on", () => {
  const models = { plan: [], research: [], implement: ["a/i"], review: ["b/v"], resolve: ["a/i"] };
  const run = new CoreRun([task("a"), task("b"), task("c", { model: "b/own" })], { slots: 1, models });
  run.apply(paused("a"), stopped("a"));
  expect(["a", "b", "c"].map((id) => run.stateOf(id))).toEqual(["pending", "pending", "working"]);
  // The task's own model comes first, and the role's stand behind it.
  expect(types(run)).toEqual(["work", "waitForProvider"]);
});

test("a review waits only when everybody who may review is paused", () => {
  const run = new CoreRun([task("a")]).apply(done.worked("a"), done.gated("a"), paused("b"));
  expect(types(run)).toEqual(["review"]);
  run.apply(paused("a"));
  expect(types(run)).toEqual(["waitForProvider", "waitForProvider"]);
  run.apply(resumed("a"));
  expect(types(run)).toEqual(["review"]);
});

test("a later end of the same pause is waited for, an earlier one changes nothing", () => {
  const run = new CoreRun([task("a")]).apply(
    paused("a", 1000),
    paused("a", 3000),
    paused("a", 2000),
    stopped("a"),
  );
  expect(nextActions(run.state)).toEqual([{ type: "waitForProvider", provider: "a", until: 3000 }]);
  expect(run.state.pauses.get("a")?.times).toBe(1);
});

test("a provider that is paused four times in a row without an answer is asked about", () => {
  const run = new CoreRun([task("a")]);
  for (let times = 1; times <= 3; times += 1) run.apply(paused("a"), stopped("a"), resumed("a"));
  expect(openQuestions(run.state)).toEqual([]);
  run.apply(paused("a"), stopped("a"));
  expect(openQuestions(run.state)).toMatchObject([{ kind: "provider" }]);
  expect(openQuestions(run.state)[0]?.text).toContain("3 times in a row");
  expect(run.stateOf("a")).toBe("pending");
});

test("an answer between two pauses begins the row anew", () => {
  const run = new CoreRun([task("a")]);
  for (let times = 1; times <= 8; times += 1)
    run.apply(paused("a"), stopped("a"), resumed("a"), called("a/i"));
  expect(openQuestions(run.state)).toEqual([]);
  expect(run.state.pauses.size).toBe(0);
});

test("an answer that was under way when the pause began does not end it", () => {
  const run = new CoreRun([task("a")]).apply(paused("a"), called("a/i"), stopped("a"));
  expect(types(run)).toEqual(["waitForProvider"]);
});

test("a resumed run asks at once: that is why the person resumed it", () => {
  const run = new CoreRun([task("a")]).apply(paused("a"), stopped("a"), { type: "run.resumed", pid: 1 });
  expect(run.stateOf("a")).toBe("working");
});

test("nothing is waited for where everything has ended or is blocked", () => {
  const run = new CoreRun([task("a"), task("b")], { slots: 2 }).apply(
    paused("a"),
    done.asked("a"),
    done.asked("b"),
  );
  expect(types(run)).toEqual([]);
  run.apply({ type: "task.canceled", task: "a" }, { type: "task.canceled", task: "b" });
  expect(types(run)).toEqual(["deliver"]);
});
