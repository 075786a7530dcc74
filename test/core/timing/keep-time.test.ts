import { expect, test } from "vitest";
import type { Sample } from "../../../src/core/timing/estimate.ts";
import { estimatesFrom, isMaterial, noEstimates } from "../../../src/core/timing/estimate.ts";
import { CoreRun, done, task } from "../../support/core-run.ts";

const sample = (ms: number): Sample => ({ role: "implement", size: 1, ms, estimateMs: null });

function merge(run: CoreRun): CoreRun {
  return run.apply(
    done.gated("a"),
    done.approved("a"),
    done.prepared("a"),
    done.mergeGated("a"),
    done.landed("a"),
  );
}

test("counts all attempts from the start to the merge, and not what the task waited for the person", () => {
  const run = new CoreRun([task("a", { estimateMs: 1000 })]);
  run.at = 100;
  run.apply(done.asked("a"));
  run.at = 100_000;
  run.apply(done.answered(1, "blue"));
  run.at += 30;
  run.apply(done.worked("a"), done.gated("a"), done.rejected("a"));
  run.at += 7;
  merge(run.apply(done.worked("a")));
  expect(run.state.timing.samples).toEqual([{ role: "implement", size: 1, ms: 137, estimateMs: 1000 }]);
  expect(run.state.timing.estimates.factor).toBe(0.137);
  expect(run.state.timing.clocks.size).toBe(0);
});

test("does not count what went on before the dispatcher was gone, nor an attempt that ended badly", () => {
  const run = new CoreRun([task("a"), task("b")]);
  run.at = 500;
  run.apply({ type: "run.resumed", pid: 1 }, { type: "task.canceled", task: "b" });
  run.at += 20;
  merge(run.apply(done.worked("a")));
  expect(run.state.timing.samples.map(({ ms }) => ms)).toEqual([20]);
  expect(run.state.timing.clocks.size).toBe(0);
});

test("a retried task begins to count anew", () => {
  const run = new CoreRun([task("a")]);
  run.at = 500;
  run.apply(done.asked("a"), { type: "task.retried", task: "a", note: "" });
  run.at += 20;
  merge(run.apply(done.worked("a")));
  expect(run.state.timing.samples.map(({ ms }) => ms)).toEqual([20]);
});

test("believes another estimate only when it is off by a quarter", () => {
  const before = estimatesFrom([sample(100), sample(100), sample(100)]);
  expect(isMaterial(noEstimates, before)).toBe(true);
  expect(isMaterial(before, estimatesFrom([sample(120), sample(120), sample(120)]))).toBe(false);
  expect(isMaterial(before, estimatesFrom([sample(130), sample(130), sample(130)]))).toBe(true);
});
