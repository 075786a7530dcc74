import { expect, test } from "vitest";
import { createCheckoutPool } from "../../../src/stages/gate/checkout-pool.ts";

type Held = { promise: Promise<string>; state: () => string };

/** What a promise has come to, without waiting for it. */
function held(promise: Promise<unknown>): Held {
  let state = "waits";
  const settled = promise.then(
    () => (state = "has it"),
    (error: unknown) => (state = String(error)),
  );
  return { promise: settled, state: () => state };
}

const moment = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function poolOf(
  gateSlots: number,
  leaseDetached = async ({ name }: { name: string }) => ({ name, path: name, gitDir: "" }),
) {
  return createCheckoutPool(
    { gateSlots, portBase: 20_000, portsPerWorktree: 10 },
    { leaseDetached, restore: async () => {} },
  );
}

const { signal } = new AbortController();

test("the files of one checkout more than there are turns are put in place, and its gates wait", async () => {
  const pool = poolOf(1);
  const first = await pool.lease("a", signal);
  const turn = await first.takeTurn(signal);
  const second = await pool.lease("b", signal);
  expect([first.path, second.path]).toEqual(["gate-1", "gate-2"]);
  expect([first.portBase, second.portBase]).toEqual([22_010, 22_020]);
  const third = held(pool.lease("c", signal));
  const waiting = held(second.takeTurn(signal));
  await moment();
  expect([third.state(), waiting.state()]).toEqual(["waits", "waits"]);
  turn[Symbol.dispose]();
  await first[Symbol.asyncDispose]();
  expect([await third.promise, await waiting.promise]).toEqual(["has it", "has it"]);
});

test("who gives up leaves the line, and its place goes to the next", async () => {
  const pool = poolOf(1);
  const first = await pool.lease("a", signal);
  const turn = await first.takeTurn(signal);
  const second = await pool.lease("b", signal);
  const giving = new AbortController();
  const given = held(second.takeTurn(giving.signal));
  giving.abort(new Error("given up"));
  expect(await given.promise).toBe("Error: given up");
  const next = held(second.takeTurn(signal));
  turn[Symbol.dispose]();
  expect(await next.promise).toBe("has it");
});

test("a checkout that cannot be had leaves its place to the next", async () => {
  let fails = true;
  const pool = poolOf(1, async ({ name }) => {
    if (fails) throw new Error("no such commit");
    return { name, path: name, gitDir: "" };
  });
  for (let time = 0; time < 3; time += 1)
    await expect(pool.lease("a", signal)).rejects.toThrow("no such commit");
  fails = false;
  expect((await pool.lease("a", signal)).path).toBe("gate-2");
});
