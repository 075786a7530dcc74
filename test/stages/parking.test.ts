import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { createParking } from "../../src/stages/work/parking.ts";

/** Only what parking uses of a sandbox. */
function aSandbox(): { sandbox: Sandbox; closed: () => number } {
  let closed = 0;
  const sandbox = { close: async () => void (closed += 1) } as Partial<Sandbox> as Sandbox;
  return { sandbox, closed: () => closed };
}

describe("a parked sandbox", () => {
  test("is handed back once, open", () => {
    const parking = createParking();
    const { sandbox, closed } = aSandbox();
    parking.keep("login", { sandbox, forMs: null });
    expect(parking.take("login")).toBe(sandbox);
    expect(parking.take("login")).toBeNull();
    expect(closed()).toBe(0);
  });

  test("is closed when its time is over, and not when it was taken before", async () => {
    const parking = createParking();
    const [late, taken] = [aSandbox(), aSandbox()];
    parking.keep("late", { sandbox: late.sandbox, forMs: 20 });
    parking.keep("taken", { sandbox: taken.sandbox, forMs: 20 });
    parking.take("taken");
    await expect.poll(late.closed).toBe(1);
    await sleep(40);
    expect(parking.take("late")).toBeNull();
    expect(taken.closed()).toBe(0);
  });

  test("makes way for the task's next one, and closes with all others at the end", async () => {
    const parking = createParking();
    const [first, second, other] = [aSandbox(), aSandbox(), aSandbox()];
    parking.keep("login", { sandbox: first.sandbox, forMs: null });
    parking.keep("login", { sandbox: second.sandbox, forMs: null });
    parking.keep("docs", { sandbox: other.sandbox, forMs: 60_000 });
    expect([first, second, other].map(({ closed }) => closed())).toEqual([1, 0, 0]);
    await parking.closeAll();
    expect([first, second, other].map(({ closed }) => closed())).toEqual([1, 1, 1]);
  });

  test("is waited for while it closes", async () => {
    const parking = createParking();
    const closing = Promise.withResolvers<void>();
    parking.keep("login", { sandbox: { close: () => closing.promise } as Sandbox, forMs: null });
    parking.drop("login");
    let isSettled = false;
    const settled = parking.settled().then(() => (isSettled = true));
    await sleep(1);
    expect(isSettled).toBe(false);
    closing.resolve();
    await settled;
    await parking.settled();
  });
});
