import fc from "fast-check";
import { expect, test } from "vitest";
import { applyEvent } from "../../src/core/apply-event.ts";
import { canRetry } from "../../src/core/apply-retry.ts";
import { endedBadly, endedWell, hasEnded, type RunState, type TaskRecord } from "../../src/core/run-state.ts";
import { roomForFresh, isFresh, readyTasks } from "../../src/core/schedule.ts";
import { estimator } from "../../src/core/timing/estimate.ts";
import { anyGates as gates, anyPlan, playOn } from "../support/any-run.ts";
import { CoreRun, done, task } from "../support/core-run.ts";

/** The person may cancel or retry anything at any time. */
function interfere(run: CoreRun, roll: () => number): void {
  const records = [...run.state.tasks.values()];
  const record = records[roll() % records.length];
  if (record === undefined || run.state.phase !== "running") return;
  const { id } = record.task;
  if (canRetry(record)) run.apply({ type: "task.retried", task: id, note: "again" });
  else if (record.state.type === "pending") run.apply({ type: "task.canceled", task: id });
}

const ids = (records: Iterable<TaskRecord>): string[] => [...records].map((record) => record.task.id);

/** What the table keeps sorted out, by a look at every task. */
function lookAtAll(run: RunState): Record<"begun" | "ready" | "doomed", string[]> {
  const records = [...run.tasks.values()];
  const needsOf = ({ task: { needs } }: TaskRecord): TaskRecord[] =>
    needs.flatMap((need) => run.tasks.get(need) ?? []);
  const lengthOf = estimator(run.plan.tasks, run.timing.estimates);
  const chainOf = (id: string): number =>
    lengthOf(run.tasks.get(id)?.task ?? task(id)) +
    Math.max(
      0,
      ...records.filter((other) => other.task.needs.includes(id)).map((other) => chainOf(other.task.id)),
    );
  const pending = records.filter(({ state }) => state.type === "pending");
  const ready = pending
    .filter((record) => needsOf(record).every((need) => endedWell(need.state)))
    .filter((record) => !isFresh(record) || roomForFresh(run) > 0)
    .toSorted((a, b) => chainOf(b.task.id) - chainOf(a.task.id) || Number(isFresh(a)) - Number(isFresh(b)));
  return {
    begun: ids(
      records.filter(({ state, attempts }) => !hasEnded(state) && (state.type !== "pending" || attempts > 0)),
    ),
    ready: ids(ready),
    doomed: ids(pending.filter((record) => needsOf(record).some((need) => endedBadly(need.state)))),
  };
}

test("what is kept sorted out is what a look at every task finds, whatever happens", () => {
  fc.assert(
    fc.property(anyPlan, fc.infiniteStream(fc.nat(1000)), (tasks, dice) => {
      const run = new CoreRun(tasks, { slots: 2, gates });
      const roll = (): number => dice.next().value ?? 0;
      for (let step = 0; step < 60 && run.state.phase !== "finished"; step += 1) {
        run.at += roll();
        playOn(run, roll);
        if (roll() % 5 === 0) interfere(run, roll);
      }
      let state: RunState | null = null;
      for (const event of run.events) {
        state = applyEvent(state, event);
        const all = lookAtAll(state);
        expect(ids(state.tasks.begun())).toEqual(expect.arrayContaining(all.begun));
        expect(ids(readyTasks(state))).toEqual(all.ready);
        expect(ids(state.tasks.doomed())).toEqual(all.doomed);
        expect(state.tasks.haveAllEnded()).toBe(
          [...state.tasks.values()].every((one) => hasEnded(one.state)),
        );
      }
    }),
    { numRuns: 40 },
  );
});

test("an event leaves the state before it as it was", () => {
  const run = new CoreRun([task("a"), task("b", { needs: ["a"] })]);
  const before = run.state;
  const seen = JSON.stringify([...before.tasks]);
  run.apply(done.worked("a"), done.gated("a"), done.approved("a"));
  expect(run.stateOf("a")).toBe("merging");
  expect(JSON.stringify([...before.tasks])).toBe(seen);
  expect(ids(before.tasks.begun())).toEqual(["a"]);
});

test("of a thousand tasks an event changes those that it is about, and shares all others", () => {
  const run = new CoreRun(Array.from({ length: 1000 }, (_, index) => task(`t${index}`)));
  const before = run.state.tasks;
  run.apply(done.worked("t0"));
  const changed = [...run.state.tasks].filter(([id, record]) => before.get(id) !== record);
  expect(changed.map(([id]) => id)).toEqual(["t0", "t2"]);
  expect(ids(run.state.tasks.begun())).toEqual(["t0", "t1", "t2"]);
});
