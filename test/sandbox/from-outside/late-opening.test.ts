import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { ExpectedNeed } from "../../../src/sandbox/from-outside/expected-need.ts";
import { lateSandbox } from "../../../src/sandbox/from-outside/late-sandbox.ts";
import { walledFiles } from "../../../src/sandbox/from-outside/outside-files.ts";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import { describeSandboxed, openAt, outputOf, specFor, worktree } from "../support.ts";

const rounds = 5;
const home = "/home/agent";

test("a sandbox is expected to be needed where most of the last eight of its kind were", () => {
  const expected = new ExpectedNeed();
  expect(expected.of(true)).toBe(false);
  expected.note(true, true);
  expect([expected.of(true), expected.of(false)]).toEqual([true, false]);
  expected.note(true, false);
  expect(expected.of(true)).toBe(false);
  for (let time = 0; time < 7; time += 1) expected.note(true, time < 4);
  // Of the last eight four were.
  expect(expected.of(true)).toBe(false);
  for (let time = 0; time < 4; time += 1) expected.note(true, true);
  expect(expected.of(true)).toBe(true);
});

describeSandboxed("a sandbox that is opened late", () => {
  test("waits for a command, and after one that had one begins before it is asked", async () => {
    using place = watchedPlace();
    const first = place.open();
    await someRounds();
    expect(place.opened()).toBe(0);
    expect(await outputOf(first, "echo 1")).toBe("1");
    await first.close();
    const next = place.open();
    expect(place.opened()).toBe(1);
    await someRounds();
    expect(place.opened()).toBe(2);
    expect(await outputOf(next, "echo 2")).toBe("2");
    await next.close();
    expect([place.opened(), place.closed()]).toEqual([2, 2]);
  });

  test("is closed where it was not needed, and counts as such", async () => {
    using place = watchedPlace();
    await place.haveOneNeeded();
    const unneeded = place.open();
    await someRounds();
    await unneeded.close();
    await unneeded.close();
    expect([place.opened(), place.closed()]).toEqual([2, 2]);
    place.open();
    await someRounds();
    expect(place.opened()).toBe(2);
  });

  test("is not opened where it is closed in the moment of its making", async () => {
    using place = watchedPlace();
    await place.haveOneNeeded();
    await place.open().close();
    await someRounds();
    expect(place.opened()).toBe(1);
  });

  test("is tried again where it could not be opened, and says what fails when it is needed", async () => {
    using place = watchedPlace();
    await place.haveOneNeeded();
    place.failNext(2);
    await using sandbox = place.open();
    await someRounds();
    await expect(outputOf(sandbox, "echo 1")).rejects.toThrow("not now");
    expect(await outputOf(sandbox, "echo 1")).toBe("1");
  });

  test("is never opened again after its end", async () => {
    using place = watchedPlace();
    const sandbox = place.open();
    expect(await outputOf(sandbox, "echo 1")).toBe("1");
    await sandbox.close();
    const isClosed = { code: "SANDBOX_CLOSED" };
    await expect(sandbox.readFile("a")).rejects.toMatchObject(isClosed);
    await expect(sandbox.search("a", { path: ".", glob: null, limit: 1 })).rejects.toMatchObject(isClosed);
    await expect(outputOf(sandbox, "echo 2")).rejects.toMatchObject(isClosed);
    expect(place.opened()).toBe(1);
  });
});

/** Sandboxes that are opened late, by what was seen of those before; it counts what was opened. */
function watchedPlace() {
  const place = worktree();
  const expected = new ExpectedNeed();
  const spec = specFor(place.root);
  let [opened, closed, failing] = [0, 0, 0];
  const openInside = async (): Promise<Sandbox> => {
    failing -= 1;
    if (failing >= 0) throw new Error("not now");
    opened += 1;
    const sandbox = await openAt(place.root);
    const close = async (): Promise<void> => {
      closed += 1;
      await sandbox.close();
    };
    return { ...sandbox, close };
  };
  const open = (): Sandbox =>
    lateSandbox({ spec, outside: walledFiles(spec, home), home, expected, open: openInside });
  return {
    open,
    opened: () => opened,
    closed: () => closed,
    failNext: (times: number): void => void (failing = times),
    /** One that runs something, and its end. */
    haveOneNeeded: async (): Promise<void> => {
      const sandbox = open();
      expect(await outputOf(sandbox, "echo 1")).toBe("1");
      await sandbox.close();
    },
    [Symbol.dispose]: () => place[Symbol.dispose](),
  };
}

async function someRounds(): Promise<void> {
  for (let round = 0; round < rounds; round += 1) await setImmediate();
}
