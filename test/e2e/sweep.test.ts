import { expect, test } from "vitest";
import { chanceFrom } from "../sweep/chance.ts";
import { judge } from "../sweep/judge.ts";
import { strikesAlong } from "../sweep/strikes.ts";
import { tryRun } from "../sweep/try-run.ts";

// A dozen starts, so much more than others on a machine that has something else to do.
const timeout = 600_000;

// One by one at all of them: npm run sweep.
test("a run that is struck all along the way ends like one that nobody disturbed", { timeout }, async () => {
  const expected = await tryRun([]);
  const tried = await tryRun(strikesAlong(14, chanceFrom(7)));

  expect(judge(expected, tried)).toEqual([]);
  expect(tried.struck.length).toBeGreaterThan(8);
  expect(expected.outcome).toMatchObject({ runs: 1, disagreements: [], processes: [], fsck: "" });
  expect(expected.outcome.tasks).toEqual(["left merged", "right merged", "guest merged"]);
});
