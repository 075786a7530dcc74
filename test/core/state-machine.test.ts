import { describe, expect, test } from "vitest";
import { nextActions } from "../../src/core/next-actions.ts";
import { openQuestions } from "../../src/core/run-state.ts";
import { type GateVerdict, setUpGate } from "../../src/core/verdict.ts";
import { CoreRun, done, green, red, task } from "../support/core-run.ts";

function throughReview(run: CoreRun, id: string): CoreRun {
  return run.apply(done.worked(id), done.gated(id), done.approved(id));
}

function pendingNext(run: CoreRun, id: string): string {
  const state = run.state.tasks.get(id)?.state;
  if (state?.type === "working") return state.assignment.type;
  return state?.type === "pending" ? state.next.type : "not waiting";
}

describe("a task goes", () => {
  test("from pending through working, gating, reviewing and merging to merged, and the run delivers", () => {
    const run = new CoreRun([task("a")]);
    expect(run.stateOf("a")).toBe("working");
    run.apply(done.worked("a"));
    expect(run.stateOf("a")).toBe("gating");
    run.apply(done.gated("a"));
    expect(run.stateOf("a")).toBe("reviewing");
    run.apply(done.approved("a"));
    expect(nextActions(run.state)).toEqual([
      { type: "prepareMerge", task: "a", commit: "a-commit", onto: null },
    ]);
    run.apply(done.prepared("a"));
    expect(nextActions(run.state)).toEqual([
      { type: "gateMerge", task: "a", candidate: "a-candidate", again: false },
    ]);
    run.apply(done.mergeGated("a"));
    expect(nextActions(run.state)).toEqual([
      { type: "landMerge", merges: [{ task: "a", candidate: "a-candidate" }], onto: "base" },
    ]);
    run.apply(done.landed("a"));
    expect(run.state.tip).toBe("a-candidate");
    expect(nextActions(run.state)).toEqual([{ type: "deliver" }]);
    run.apply({ type: "run.delivered", delivery: { type: "nothing" }, pullRequest: null });
    expect(run.state.phase).toBe("finished");
  });

  test("back to the same worker with the verdicts when a gate is red", () => {
    const run = new CoreRun([task("a")]).apply(done.worked("a"), done.gated("a", [red]));
    expect(run.stateOf("a")).toBe("working");
    expect(pendingNext(run, "a")).toBe("gates");
    expect(run.state.tasks.get("a")?.attempts).toBe(2);
    expect(run.state.tasks.get("a")?.thread).toBe(1);
  });

  test("back with the findings when the review objects", () => {
    const run = new CoreRun([task("a")]).apply(done.worked("a"), done.gated("a"), done.rejected("a"));
    expect(pendingNext(run, "a")).toBe("review");
  });

  test("back when the worker changed nothing", () => {
    const run = new CoreRun([task("a")]).apply({
      type: "worker.finished",
      task: "a",
      commit: null,
      files: [],
      note: "",
    });
    expect(pendingNext(run, "a")).toBe("retry");
  });

  test("to a resolve attempt, with a conversation of its own and the tip as base, on a conflict", () => {
    const run = throughReview(new CoreRun([task("a")]), "a").apply({
      type: "merge.conflicted",
      task: "a",
      files: ["x"],
      onto: "tip2",
    });
    const record = run.state.tasks.get("a");
    expect(record).toMatchObject({ thread: 2, role: "resolve", base: "tip2", state: { type: "working" } });
    run.apply(done.worked("a"), done.gated("a", [red]));
    expect(run.state.tasks.get("a")).toMatchObject({ thread: 2, role: "resolve", base: "tip2" });
  });

  test("to a resolve attempt when the gates are red on the merged tree only", () => {
    const run = throughReview(new CoreRun([task("a")]), "a").apply(
      done.prepared("a"),
      done.mergeGated("a", [red]),
      done.mergeGated("a", [red], { again: true }),
    );
    expect(run.state.tasks.get("a")).toMatchObject({
      role: "resolve",
      state: { assignment: { type: "mergeGates" } },
    });
  });

  test("back to preparing when somebody moved the integration branch", () => {
    const run = throughReview(new CoreRun([task("a")]), "a").apply(done.prepared("a"), done.mergeGated("a"), {
      type: "merge.stale",
      task: "a",
      tip: "other",
    });
    expect(nextActions(run.state)).toEqual([
      { type: "prepareMerge", task: "a", commit: "a-commit", onto: null },
    ]);
    expect(run.state.tip).toBe("other");
  });

  test("to done, with its note and nothing to merge, when it is research", () => {
    const run = new CoreRun([task("r", { role: "research" }), task("a", { needs: ["r"] })]);
    expect(run.stateOf("a")).toBe("pending");
    run.apply({ type: "task.done", task: "r", note: "found it" });
    expect(run.stateOf("r")).toBe("done");
    expect(run.stateOf("a")).toBe("working");
  });

  test("to skipped when a need fails, and back when that is retried", () => {
    const run = new CoreRun([task("a"), task("b", { needs: ["a"] }), task("c", { needs: ["b"] })]);
    run.apply({ type: "task.failed", task: "a", reason: "no" });
    expect([run.stateOf("b"), run.stateOf("c")]).toEqual(["skipped", "skipped"]);
    run.apply({ type: "task.retried", task: "a", note: "again" });
    expect([run.stateOf("a"), run.stateOf("b"), run.stateOf("c")]).toEqual(["working", "pending", "pending"]);
  });

  test("to canceled from any state, and its question closes", () => {
    const run = new CoreRun([task("a")]).apply(done.asked("a"), { type: "task.canceled", task: "a" });
    expect(run.stateOf("a")).toBe("canceled");
    expect(openQuestions(run.state)).toEqual([]);
  });
});

describe("a question", () => {
  test("blocks its task, gives the slot back, and the answer continues the same attempt", () => {
    const run = new CoreRun([task("a"), task("b")], { slots: 1 }).apply(done.asked("a"));
    expect([run.stateOf("a"), run.stateOf("b")]).toEqual(["blocked", "working"]);
    run.apply(done.answered(1, "the blue one"));
    expect(run.stateOf("a")).toBe("pending");
    run.apply(done.worked("b"));
    expect(run.state.tasks.get("a")).toMatchObject({
      attempts: 1,
      thread: 1,
      state: { type: "working", assignment: { type: "answer", text: "the blue one" } },
    });
  });

  test("is put to the person when the attempts are used up, with what was tried", () => {
    const run = new CoreRun([task("a")], { maxAttempts: 2 });
    run.apply(done.worked("a"), done.gated("a", [red]), done.worked("a"), done.gated("a", [red]));
    expect(run.stateOf("a")).toBe("blocked");
    expect(openQuestions(run.state)[0]?.text).toContain("src/a.ts:1 boom");
    run.apply(done.answered(1, "use the other file"));
    expect(run.state.tasks.get("a")?.state).toMatchObject({
      type: "working",
      assignment: { type: "answer", after: { type: "gates" } },
    });
  });

  test("answered with 'give up' fails the task", () => {
    const run = new CoreRun([task("a")], { maxAttempts: 1 });
    run.apply(done.worked("a"), done.gated("a", [red]), done.answered(1, "give up"));
    expect(run.stateOf("a")).toBe("failed");
  });

  test("is put after two reviews without a verdict, and an answer reviews again", () => {
    const run = new CoreRun([task("a")]).apply(done.worked("a"), done.gated("a"), done.noVerdict("a"));
    expect(run.stateOf("a")).toBe("reviewing");
    run.apply(done.noVerdict("a"));
    expect(run.stateOf("a")).toBe("blocked");
    run.apply(done.answered(1, "try again"));
    expect(run.state.tasks.get("a")?.state).toEqual({ type: "reviewing", commit: "a-commit", round: 1 });
  });

  test("holds the run when no model can be reached, and costs no attempt", () => {
    const run = new CoreRun([task("a"), task("b")], { slots: 1 });
    run.apply({
      type: "attempt.failed",
      task: "a",
      failure: { kind: "provider", reason: "401", hint: "check the key" },
    });
    expect(openQuestions(run.state)).toMatchObject([{ kind: "provider", task: null }]);
    expect([run.stateOf("a"), run.stateOf("b")]).toEqual(["pending", "pending"]);
    run.apply({ type: "run.resumed", pid: 1 });
    expect(run.state.tasks.get("a")).toMatchObject({ attempts: 1, state: { type: "working" } });
  });

  test("holds the run when no reviewer can be reached, and the work is reviewed as it is afterwards", () => {
    const run = new CoreRun([task("a")]).apply(done.worked("a"), done.gated("a"));
    const failure = { kind: "provider", reason: "401", hint: "check the key" } as const;
    run.apply({ type: "attempt.failed", task: "a", failure });
    expect(openQuestions(run.state)).toMatchObject([{ kind: "provider", task: null }]);
    expect(nextActions(run.state)).toEqual([]);
    run.apply({ type: "run.resumed", pid: 1 });
    expect(nextActions(run.state)).toEqual([{ type: "review", task: "a", commit: "a-commit", round: 1 }]);
  });

  test("is not put about a review without a verdict once the next one gave one", () => {
    const run = new CoreRun([task("a")]).apply(done.worked("a"), done.gated("a"), done.noVerdict("a"));
    run.apply(done.rejected("a"));
    expect(openQuestions(run.state)).toEqual([]);
    expect(run.stateOf("a")).toBe("working");
  });

  test("is put when the budget is spent, and a higher one goes on", () => {
    const run = new CoreRun([task("a"), task("b")], { slots: 1, budgetUsd: 1 });
    const usage = { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 1 };
    run.apply(
      { type: "model.called", task: "a", role: "implement", model: "a/i", usage, usd: 1.2, ms: 5 },
      done.worked("a"),
    );
    expect(openQuestions(run.state)).toMatchObject([{ kind: "budget" }]);
    expect(run.stateOf("b")).toBe("pending");
    run.apply(done.answered(1, "$5"));
    expect(run.stateOf("b")).toBe("working");
    expect(run.state.budgetUsd).toBe(5);
  });

  test("with a default is answered by it where the settings say so", () => {
    const run = new CoreRun([task("a")], { useDefaults: true });
    run.apply({
      type: "question.asked",
      question: { id: 1, kind: "worker", task: "a", text: "?", options: [], default: "blue" },
    });
    expect(run.state.tasks.get("a")?.state).toMatchObject({ type: "working", assignment: { text: "blue" } });
    expect(run.events).toContainEqual({
      type: "question.answered",
      at: 0,
      answer: { question: 1, text: "blue", by: "default" },
    });
  });
});

describe("a base that is red", () => {
  const gates = [{ name: "test", command: "npm test", timeoutMs: 1, network: false }];

  test("stops before any model is called, and asks", () => {
    const run = new CoreRun([task("a")], { gates }).apply({ type: "baseline.finished", verdicts: [red] });
    expect(nextActions(run.state)).toEqual([]);
    expect(openQuestions(run.state)).toMatchObject([{ kind: "baseline" }]);
  });

  test("with a set-up that failed is asked about, accepted red or not: no gate has said anything yet", () => {
    const setup: GateVerdict = { ...red, gate: setUpGate };
    const command = { command: "npm ci", timeoutMs: 1, network: [] };
    const run = new CoreRun([task("a")], { gates, acceptRedBase: true, setup: command });
    run.apply({ type: "baseline.finished", verdicts: [setup] });
    expect(openQuestions(run.state)).toMatchObject([{ kind: "baseline" }]);
    run.apply(done.answered(1, "continue"));
    expect(run.state).toMatchObject({ knownRed: [], settings: { setup: null } });
    run.apply(done.worked("a"), done.gated("a", [setup]));
    expect(pendingNext(run, "a")).toBe("gates");
  });

  test("holds nothing back once accepted, until the gate first turns green", () => {
    const run = new CoreRun([task("a"), task("b", { needs: ["a"] })], { gates, acceptRedBase: true });
    run.apply({ type: "baseline.finished", verdicts: [red] }, done.worked("a"), done.gated("a", [red]));
    expect(run.stateOf("a")).toBe("reviewing");
    run.apply(done.approved("a"), done.prepared("a"), done.mergeGated("a", [green]), done.landed("a"));
    expect(run.state.knownRed).toEqual([]);
    run.apply(done.worked("b"), done.gated("b", [red]));
    expect(pendingNext(run, "b")).toBe("gates");
  });
});

describe("scheduling", () => {
  test("a task starts without what it needs: never; its base is the tip on which its needs have landed", () => {
    const run = throughReview(new CoreRun([task("a"), task("b", { needs: ["a"] })]), "a");
    run.apply(done.prepared("a"), done.mergeGated("a"));
    expect(run.stateOf("b")).toBe("pending");
    run.apply(done.landed("a"));
    expect(run.state.tasks.get("b")).toMatchObject({ base: "a-candidate", state: { type: "working" } });
  });

  test("starts the longest chain first", () => {
    const run = new CoreRun([task("lone"), task("head"), task("tail", { needs: ["head"] })], { slots: 1 });
    expect(run.stateOf("head")).toBe("working");
  });

  test("keeps tasks apart that touch the same place, and a blocked one holds nothing", () => {
    const run = new CoreRun(
      [
        task("a", { touches: ["src/**"] }),
        task("b", { touches: ["src/x.ts"] }),
        task("c", { touches: ["docs/"] }),
      ],
      { slots: 3 },
    );
    expect([run.stateOf("a"), run.stateOf("b"), run.stateOf("c")]).toEqual(["working", "pending", "working"]);
    run.apply(done.asked("a"));
    expect(run.stateOf("b")).toBe("working");
  });

  test("merges in the order of approval, and what is approved meanwhile in the next line", () => {
    const run = new CoreRun([task("a"), task("b")]);
    throughReview(run, "b");
    throughReview(run, "a");
    expect([run.stateOf("a"), run.stateOf("b")]).toEqual(["queued", "merging"]);
  });

  test("uses a worktree again once its task has ended", () => {
    const run = new CoreRun([task("a"), task("b", { needs: ["a"] })]);
    throughReview(run, "a").apply(done.prepared("a"), done.mergeGated("a"), done.landed("a"));
    expect(run.state.tasks.get("b")?.worktree).toBe(1);
  });
});
