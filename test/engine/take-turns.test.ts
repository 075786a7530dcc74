import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { takeTurns } from "../../src/engine/take-turns.ts";

const { signal } = new AbortController();

test("the second of a key begins when the first has ended, even badly; another key does not wait", async () => {
  const turns = takeTurns();
  const said: string[] = [];
  const first = Promise.withResolvers<void>();
  const failing = turns("a", signal, () => first.promise);
  const second = turns("a", signal, async () => said.push("second"));
  await turns("b", signal, async () => said.push("other"));
  expect(said).toEqual(["other"]);
  first.reject(new Error("broke"));
  await expect(failing).rejects.toThrow("broke");
  await second;
  expect(said).toEqual(["other", "second"]);
});

test("who gives up hears it at once, and the third still waits for the first", async () => {
  const turns = takeTurns();
  const controller = new AbortController();
  const first = Promise.withResolvers<void>();
  const running = turns("a", signal, () => first.promise);
  const given = turns("a", controller.signal, async () => "never");
  const said: string[] = [];
  const third = turns("a", signal, async () => said.push("third"));
  controller.abort(new Error("enough"));
  await expect(given).rejects.toThrow("enough");
  await setImmediate();
  expect(said).toEqual([]);
  first.resolve();
  await Promise.all([running, third]);
  expect(said).toEqual(["third"]);
});
