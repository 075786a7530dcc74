import { expect, test } from "vitest";
import { freeWorktree, worktreesAhead } from "../../src/core/free-worktrees.ts";
import { CoreRun, task } from "../support/core-run.ts";

test("while the base's gates run, worktrees are made for as many tasks as may start at once", () => {
  const gates = [{ name: "check", command: "true" }] as never;
  const tasks = ["a", "b", "c"].map((id) => task(id));
  expect(worktreesAhead(new CoreRun(tasks, { gates }).state)).toEqual([1, 2]);
  expect(worktreesAhead(new CoreRun([task("a"), task("b", { needs: ["a"] })], { gates }).state)).toEqual([1]);
});

test("while all slots are busy, those are made that the next tasks would hold, within what may have begun", () => {
  const run = new CoreRun(["a", "b", "c", "d", "e", "f"].map((id) => task(id)));
  expect(["a", "b", "c"].map((id) => run.stateOf(id))).toEqual(["working", "working", "pending"]);
  expect(freeWorktree(run.state, 1)).toBe(3);
  expect(worktreesAhead(run.state)).toEqual([3, 4]);
  expect(worktreesAhead(new CoreRun([task("a"), task("b")]).state)).toEqual([]);
});
