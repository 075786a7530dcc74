import { expect, test } from "vitest";
import { takeTurn } from "../../src/sys/take-turn.ts";

/** Counts the rounds of the event loop from now on. */
function countRounds(): { now: () => number; stop: () => void } {
  let [round, stopped] = [0, false];
  const next = (): void => {
    round += 1;
    if (!stopped) setImmediate(next);
  };
  setImmediate(next);
  return { now: () => round, stop: () => void (stopped = true) };
}

test("who waits goes on in the order of asking, one in each round of the event loop", async () => {
  const rounds = countRounds();
  const went: { who: number; round: number }[] = [];
  const worker = async (who: number): Promise<void> => {
    for (let step = 0; step < 2; step += 1) {
      await takeTurn();
      went.push({ who, round: rounds.now() });
    }
  };
  await Promise.all([1, 2, 3].map(worker));
  rounds.stop();
  expect(went.map(({ who }) => who)).toEqual([1, 2, 3, 1, 2, 3]);
  expect(new Set(went.map(({ round }) => round)).size).toBe(6);
});
