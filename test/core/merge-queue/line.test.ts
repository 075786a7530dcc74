import fc from "fast-check";
import { expect, test } from "vitest";
import type { Action } from "../../../src/core/action.ts";
import { nextActions } from "../../../src/core/next-actions.ts";
import { CoreRun, done, green, red, task } from "../../support/core-run.ts";

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `t${index}`);

/** All of them approved while the first one's candidate is made, so that the others wait and then form one line. */
function approved(ids: string[]): CoreRun {
  const run = new CoreRun(
    ids.map((id) => task(id)),
    { slots: ids.length },
  );
  for (const id of ids) run.apply(done.worked(id), done.gated(id), done.approved(id));
  return run;
}

/** The ids of the tasks whose changes are in the candidate that is to be tested. */
function tested(run: CoreRun, action: Action): string[] {
  if (action.type !== "gateMerge") throw new Error(`${action.type} tests nothing`);
  return run.state.line.slice(0, run.state.line.indexOf(action.task) + 1);
}

type World = { isRed: (changes: readonly string[], landed: readonly string[]) => boolean; runs: number };

/** Performs what the merge queue wants until no task is left in it or one that was sent back is at work again. */
function workOff(run: CoreRun, world: World): { landed: string[]; ejected: string[] } {
  for (let step = 0; step < 2000; step += 1) {
    const action = nextActions(run.state).find(({ type }) => type.endsWith("Merge"));
    if (action === undefined) break;
    if (action.type === "prepareMerge") run.apply(done.prepared(action.task, action.onto ?? run.state.tip));
    if (action.type === "landMerge") run.apply(...action.merges.map((merge) => done.landed(merge.task)));
    if (action.type === "gateMerge") {
      world.runs += 1;
      const landed = run.state.landed.map((merge) => merge.task);
      const verdict = world.isRed(tested(run, action), landed) ? red : green;
      run.apply(done.mergeGated(action.task, [verdict], action.again ? { again: true } : {}));
    }
  }
  return {
    landed: run.state.landed.map((merge) => merge.task),
    ejected: run.events.flatMap((event) => (event.type === "merge.ejected" ? [event.task] : [])),
  };
}

test("what waits lands together after one gate run", () => {
  const world = { isRed: () => false, runs: 0 };
  expect(workOff(approved(names(5)), world).landed).toEqual(names(5));
  // The first one was alone when its line began; the four that came meanwhile are the second line.
  expect(world.runs).toBe(2);
});

test("whichever changes are bad: just they are sent back, all others land, and no more is tested than one by one", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 2, maxLength: 24 }), (bad) => {
      const ids = names(bad.length);
      const isBad = new Set(ids.filter((_, index) => bad[index]));
      const world = { isRed: (changes: readonly string[]) => changes.some((id) => isBad.has(id)), runs: 0 };
      const { landed, ejected } = workOff(approved(ids), world);
      expect(new Set(ejected)).toEqual(isBad);
      expect(landed).toEqual(ids.filter((id) => !isBad.has(id)));
      expect(world.runs).toBeLessThanOrEqual(2 * bad.length + 2 * isBad.size);
    }),
    { numRuns: 60 },
  );
});

test("of two changes that only break together the later one goes back alone, and is told of the other", () => {
  fc.assert(
    fc.property(fc.nat(9), fc.nat(9), (one, two) => {
      fc.pre(one !== two);
      const [first, second] = [`t${Math.min(one, two)}`, `t${Math.max(one, two)}`];
      const isRed = (changes: readonly string[], landed: readonly string[]): boolean => {
        const all = [...changes, ...landed];
        return all.includes(first) && all.includes(second);
      };
      const run = approved(names(10));
      expect(workOff(run, { isRed, runs: 0 }).ejected).toEqual([second]);
      const sent = run.events.find((event) => event.type === "merge.ejected");
      expect(sent).toMatchObject({ landed: expect.arrayContaining([first]) });
      expect(run.state.tasks.get(second)).toMatchObject({
        role: "resolve",
        state: {
          type: "working",
          assignment: { type: "mergeGates", landed: expect.arrayContaining([first]) },
        },
      });
    }),
    { numRuns: 40 },
  );
});

test("a gate that says two things of one tree is flaky, and blames nobody", () => {
  let asked = 0;
  const world = { isRed: () => (asked += 1) === 1, runs: 0 };
  const run = approved(names(1));
  expect(workOff(run, world)).toEqual({ landed: ["t0"], ejected: [] });
  expect(run.state.flaky).toEqual(["test"]);
});

test("from a gate known to be flaky, a change goes back only after more than one red verdict more", () => {
  let asked = 0;
  const run = approved(names(4));
  // Red once for the first change, and then always for the last.
  const world = {
    isRed: (changes: readonly string[]) => (asked += 1) === 1 || changes.includes("t3"),
    runs: 0,
  };
  expect(workOff(run, world)).toEqual({ landed: ["t0", "t1", "t2"], ejected: ["t3"] });
});

test("with a gate that is red by chance in 3 of 100 runs, of 6,400 good changes at most 32 go back", () => {
  let state = 11;
  const chance = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  let ejected = 0;
  for (let round = 0; round < 100; round += 1) {
    ejected += workOff(approved(names(64)), { isRed: () => chance() < 0.03, runs: 0 }).ejected.length;
  }
  expect(ejected).toBeLessThanOrEqual(32);
});

test("a change that is canceled in the line takes itself out of all candidates behind it", () => {
  const run = approved(names(4));
  run.apply(done.prepared("t0"), done.mergeGated("t0"), done.landed("t0"));
  run.apply(
    done.prepared("t1", "t0-candidate"),
    done.prepared("t2", "t1-candidate"),
    done.prepared("t3", "t2-candidate"),
  );
  run.apply({ type: "task.canceled", task: "t2" });
  expect(run.state.line).toEqual(["t1", "t3"]);
  expect(nextActions(run.state)).toEqual([
    { type: "prepareMerge", task: "t3", commit: "t3-commit", onto: "t1-candidate" },
  ]);
});

test("a change that conflicts with one before it waits for the next line, at whose head it is tried on the tip", () => {
  const run = approved(names(3));
  run.apply(done.prepared("t0"), done.mergeGated("t0"), done.landed("t0"));
  run.apply(done.prepared("t1", "t0-candidate"), { type: "merge.deferred", task: "t2" });
  expect(run.stateOf("t2")).toBe("queued");
  run.apply(done.mergeGated("t1"), done.landed("t1"));
  expect(nextActions(run.state)).toEqual([
    { type: "prepareMerge", task: "t2", commit: "t2-commit", onto: null },
  ]);
});

test("a merge that is recorded late moves the tip, and the whole line with it", () => {
  const run = new CoreRun([task("a"), task("b")]);
  run.apply(done.worked("a"), done.gated("a"), done.approved("a"), done.prepared("a"));
  run.apply({ type: "task.merged", task: "b", commit: "by-hand" });
  expect(run.state).toMatchObject({
    tip: "by-hand",
    landed: [{ task: "b", commit: "by-hand" }],
    line: ["a"],
  });
  expect(nextActions(run.state)).toEqual([
    { type: "prepareMerge", task: "a", commit: "a-commit", onto: null },
  ]);
});

test("a verdict on a candidate that is no more says nothing", () => {
  const run = approved(names(1));
  run.apply(done.prepared("t0"));
  run.apply({ ...done.mergeGated("t0"), commit: "another" } as ReturnType<typeof done.mergeGated>);
  expect(run.state.tasks.get("t0")?.state).toMatchObject({ type: "merging", step: "gating" });
});

test("several gate slots test several prefixes at once, and a stale branch starts the whole line anew", () => {
  const run = new CoreRun(
    names(9).map((id) => task(id)),
    { slots: 9, gateSlots: 3 },
  );
  for (const id of names(9)) run.apply(done.worked(id), done.gated(id), done.approved(id));
  run.apply(done.prepared("t0"), done.mergeGated("t0"), done.landed("t0"));
  for (const [index, id] of names(9).entries())
    if (index > 0) run.apply(done.prepared(id, `t${index - 1}-candidate`));
  run.apply(done.mergeGated("t8", [red]));
  expect(nextActions(run.state).filter(({ type }) => type === "gateMerge")).toHaveLength(3);
  run.apply(done.mergeGated("t4"), { type: "merge.stale", task: "t4", tip: "moved" });
  expect(run.state.line).toHaveLength(8);
  expect(nextActions(run.state)).toEqual([
    { type: "prepareMerge", task: "t1", commit: "t1-commit", onto: null },
  ]);
});
