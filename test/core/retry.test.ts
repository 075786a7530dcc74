import { expect, test } from "vitest";
import { CoreRun, task } from "../support/core-run.ts";

test("a task that is tried again leaves its old worktree to the one that works there now", () => {
  const run = new CoreRun([task("a"), task("b")], { slots: 1 });
  expect(run.state.tasks.get("a")?.worktree).toBe(1);
  run.apply({ type: "task.canceled", task: "a" });
  expect(run.stateOf("b")).toBe("working");
  expect(run.state.tasks.get("b")?.worktree).toBe(1);
  run.apply({ type: "task.retried", task: "a", note: "" });
  expect(run.state.tasks.get("a")?.worktree).toBe(null);
});

test("a task that is tried again goes back to its worktree where nobody else is in it", () => {
  const run = new CoreRun([task("a"), task("b")], { slots: 2 });
  run.apply({ type: "task.canceled", task: "b" }, { type: "task.retried", task: "b", note: "" });
  expect(run.state.tasks.get("b")?.worktree).toBe(2);
});
