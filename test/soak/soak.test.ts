import { expect, test } from "vitest";
import { runRound } from "./run-round.ts";
import { openTally } from "./tally.ts";
import { openWorld } from "./world.ts";

test("a short soak: one run under every disturbance keeps the promise", async () => {
  const world = await openWorld("short");
  const tally = openTally(() => {});
  try {
    await runRound(world, { number: 1, tasks: 6, isRough: true, everyMs: 4_000 }, tally);
  } finally {
    await world.close();
  }
  expect(tally.problems).toEqual([]);
  const ends = ["merged", "canceled", "skipped"].map(tally.of);
  expect(ends.reduce((sum, count) => sum + count)).toBe(6);
  expect(tally.of("merged")).toBeGreaterThan(0);
  expect(tally.of("starts")).toBeGreaterThan(1);
});
