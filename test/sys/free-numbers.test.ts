import { expect, test } from "vitest";
import { freeNumbers } from "../../src/sys/free-numbers.ts";

test("the lowest number that nobody holds is next", () => {
  const rooms = freeNumbers();
  const [first, second] = [rooms.take(), rooms.take()];
  expect([first.number, second.number]).toEqual([1, 2]);
  first[Symbol.dispose]();
  expect([rooms.take().number, rooms.take().number]).toEqual([1, 3]);
});
