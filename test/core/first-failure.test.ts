import { expect, test } from "vitest";
import { firstFailure } from "../../src/core/first-failure.ts";

test("what failed first is told, however often closing failed after it", async () => {
  const failures = ["first", "second", "third"].map((words) => new Error(words));
  const closing = (at: number): AsyncDisposable => ({
    [Symbol.asyncDispose]: () => Promise.reject(failures[at] as Error),
  });
  const work = async (): Promise<void> => {
    await using _third = closing(2);
    await using _second = closing(1);
    throw failures[0] as Error;
  };
  const thrown: unknown = await work().catch((error: unknown) => error);

  expect(thrown).toBeInstanceOf(SuppressedError);
  expect(firstFailure(thrown)).toBe(failures[0]);
  expect(firstFailure(failures[1])).toBe(failures[1]);
});
