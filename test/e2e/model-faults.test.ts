import { expect, test } from "vitest";
import { faultCases, guestCases } from "./model-fault-cases.ts";
import { dispatchFaults, expectedOf, vendors } from "./model-faults.ts";

const ids = Object.keys(vendors);

test("a run in which every task's model has another fault ends each merged, or in a question that says it", async () => {
  // Each fault with one vendor; `npm run test:long` has each with all of them.
  const parts = ids.map((vendor, part) => ({
    cases: faultCases.filter((_, n) => n % ids.length === part),
    model: vendors[vendor] ?? "",
  }));
  const [guests, ...runs] = await Promise.all([
    dispatchFaults(guestCases.slice(-4), { guest: true }),
    ...parts.map(({ cases, model }) => dispatchFaults(cases, { model })),
  ]);
  expect(runs.map(({ outcomes }) => outcomes)).toEqual(parts.map(({ cases }) => expectedOf(cases)));
  expect(guests.outcomes).toEqual(expectedOf(guestCases.slice(-4)));
});
