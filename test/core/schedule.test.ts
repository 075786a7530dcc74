import { describe, expect, test } from "vitest";
import type { Task } from "../../src/core/plan.ts";
import { makespanRows } from "../bench/sections/makespan.ts";
import { CoreRun, done, task } from "../support/core-run.ts";

const hour = 3_600_000;
const small = { acceptance: ["a"] };
const large = { acceptance: ["a", "b", "c", "d", "e", "f"] };

/** Works, is judged and lands, in so many milliseconds from now. */
function goesWell(run: CoreRun, id: string, ms: number): void {
  run.at += ms;
  run.apply(done.worked(id), done.gated(id), done.approved(id), done.prepared(id), done.mergeGated(id));
  run.apply(done.landed(id));
}

/** What is begun first in one slot. */
const first = (tasks: Task[]): string => {
  const started = new CoreRun(tasks, { slots: 1 }).events.find((event) => event.type === "attempt.started");
  return started?.task ?? "nothing";
};

describe("what starts next", () => {
  // Two small tasks in a row, and a large one that nothing needs.
  const late: Task[] = [
    task("first", small),
    task("second", { ...small, needs: ["first"] }),
    task("long", large),
  ];

  test("is what most tasks in a row wait for, as long as nothing is known of any", () => {
    expect(first(late)).toBe("first");
  });

  test("is by the plan's own estimates where there are some, and a task without one counts as their median", () => {
    const estimates = [hour, hour, 3 * hour];
    const planned = late.map((each, index) => ({ ...each, estimateMs: estimates[index] ?? 0 }));
    expect(first(planned)).toBe("long");
    const { estimateMs: _, ...second } = planned[1] ?? task("second");
    const partly = [...planned.filter(({ id }) => id !== "second"), second];
    // The median of one hour and three is two, and one more is as long as three.
    expect(first(partly)).toBe("first");
  });

  test("is by what tasks of the same role and size have taken in this run", () => {
    const seen = [1, 2, 3].flatMap((number) => [task(`s${number}`, small), task(`l${number}`, large)]);
    const waits = late.map((each) => ({ ...each, needs: [...each.needs, ...seen.map(({ id }) => id)] }));
    const run = new CoreRun([...seen, ...waits], { slots: 1 });
    for (const { id } of seen) goesWell(run, id, id.startsWith("l") ? 5 * hour : hour);
    expect(run.state.tasks.get("long")?.state.type).toBe("working");
  });
});

test("in a simulated run the core is as good as who knows all, and a hidden chain as good as can be", () => {
  const rows = makespanRows({ size: 20, seeds: 1, slotCounts: [4] });
  // How much better than levels it is depends on how large the plan is.
  const bad = rows.filter(({ name, ratio, bound }) => !name.startsWith("random") && !(ratio <= bound));
  expect(bad).toEqual([]);
});
