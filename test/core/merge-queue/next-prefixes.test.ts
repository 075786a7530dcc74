import fc from "fast-check";
import { expect, test } from "vitest";
import { nextPrefixes } from "../../../src/core/merge-queue/next-prefixes.ts";

/** Gate runs until every change of the line has landed or was sent back, and which were. */
function workOff(isBad: readonly boolean[]): { runs: number; ejected: number[] } {
  const line = { waiting: isBad.length, red: null as number | null, history: { landed: 0, ejected: 0 } };
  const ejected: number[] = [];
  let first = 0;
  let runs = 0;
  const land = (count: number): void => {
    first += count;
    line.waiting -= count;
    line.history.landed += count;
    line.red = line.red === null ? null : line.red - count;
  };
  while (line.waiting > 0) {
    if (line.red === 1) {
      ejected.push(first);
      first += 1;
      line.waiting -= 1;
      line.history.ejected += 1;
      line.red = null;
      continue;
    }
    const [size = 0] = nextPrefixes(line, 1);
    expect(size).toBeGreaterThan(0);
    runs += 1;
    if (isBad.slice(first, first + size).includes(true)) line.red = size;
    else land(size);
  }
  return { runs, ejected };
}

/** A small generator of its own, so that the means below are the same everywhere. */
function lines(bad: number, seeds: number): boolean[][] {
  let state = 7 + bad;
  const random = (): number => {
    state = (state * 1_103_515_245 + 12_345) & 0x7f_ff_ff_ff;
    return state / 0x7f_ff_ff_ff;
  };
  return Array.from({ length: seeds }, () => {
    const line = Array.from({ length: 64 }, () => false);
    while (line.filter(Boolean).length < bad) line[Math.floor(random() * 64) % 64] = true;
    return line;
  });
}

test("sends back exactly the changes that are red, whatever the line", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 70 }), (line) => {
      expect(workOff(line).ejected).toEqual(line.flatMap((isBad, index) => (isBad ? [index] : [])));
    }),
  );
});

// The bounds of information theory are 1, 7, 12, 21 and 34; one change at a time would be 64 for all.
test.each([
  [0, 1],
  [1, 8.4],
  [2, 14.6],
  [4, 25],
  [8, 40],
])("of 64 changes with %i red ones, the mean over 200 lines is at most %d gate runs", (bad, most) => {
  const runs = lines(bad, 200).map((line) => workOff(line).runs);
  const mean = runs.reduce((sum, count) => sum + count, 0) / runs.length;
  expect(mean).toBeLessThanOrEqual(most);
});

test("asks for as many prefixes as there are slots, the middle one first", () => {
  const line = { waiting: 64, red: 64, history: { landed: 0, ejected: 0 } };
  const prefixes = nextPrefixes(line, 3);
  expect(prefixes).toHaveLength(3);
  const [middle = 0, ...others] = prefixes;
  expect(Math.min(...others)).toBeLessThan(middle);
  expect(Math.max(...others)).toBeGreaterThan(middle);
});

test("tests fewer together where many were sent back", () => {
  const size = (ejected: number): number =>
    nextPrefixes({ waiting: 64, red: null, history: { landed: 20, ejected } }, 1)[0] ?? 0;
  expect(size(0)).toBe(64);
  expect(size(5)).toBeLessThan(10);
});

test("has nothing to test where the first change alone is known to be red", () => {
  expect(nextPrefixes({ waiting: 9, red: 1, history: { landed: 0, ejected: 0 } }, 2)).toEqual([]);
  expect(nextPrefixes({ waiting: 0, red: null, history: { landed: 0, ejected: 0 } }, 2)).toEqual([]);
});
