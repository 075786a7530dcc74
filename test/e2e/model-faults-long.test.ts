import { expect, test } from "vitest";
import { faultCases, guestCases, lastingFaults } from "./model-fault-cases.ts";
import { dispatchFaults, expectedOf, vendors } from "./model-faults.ts";
import { eventsOfType } from "./project.ts";

test.each(Object.entries(vendors))("every fault of a task's model at %s", async (_, model) => {
  const { outcomes } = await dispatchFaults(faultCases, { model });
  expect(outcomes).toEqual(expectedOf(faultCases));
});

test("every fault of a guest's model", async () => {
  const { outcomes } = await dispatchFaults(guestCases, { guest: true });
  expect(outcomes).toEqual(expectedOf(guestCases));
});

test.each(Object.entries(vendors))(
  "what does not pass at %s is asked about after five calls",
  async (_, model) => {
    const cases = Object.entries(lastingFaults).map(([id, fault]) => ({
      id,
      turns: [{ say: "A text that is long enough to be cut.", fault }],
      ends: /./,
      requests: 5,
      attempts: 1,
    }));
    // Though each wait is longer than the silence that is allowed.
    const { outcomes, events } = await dispatchFaults(cases, { model });
    expect(outcomes.map(({ id, requests }) => [id, requests])).toEqual(cases.map(({ id }) => [id, 5]));
    const failures = eventsOfType(events, "attempt.failed").map(({ failure }) => failure);
    expect(failures.map(({ kind }) => kind)).toEqual(cases.map(() => "provider"));
    const [question, ...more] = eventsOfType(events, "question.asked").map((event) => event.question);
    expect(more).toEqual([]);
    expect(question).toMatchObject({ kind: "provider" });
    expect(failures.some(({ reason }) => question?.text.includes(reason.slice(0, 60)))).toBe(true);
  },
);

test.each(Object.entries(vendors))(
  "%s at an address where nobody listens is asked about",
  async (_, model) => {
    const cases = [{ id: "refused", turns: [], ends: /./, requests: 0, attempts: 1 }];
    const { events } = await dispatchFaults(cases, { model, closed: true, settings: { limits: {} } });
    expect(eventsOfType(events, "question.asked").map(({ question }) => question)).toMatchObject([
      { kind: "provider", text: expect.stringContaining("ECONNREFUSED") },
    ]);
  },
);

test.each(Object.entries(vendors))(
  "figures of %s that pass the budget are its last, and the budget is asked about",
  async (_, model) => {
    const usage = {
      inputTokens: 1_000_000,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      outputTokens: 1_000_000,
    };
    const costly = [
      { id: "costly", turns: [{ call: { tool: "list" }, usage }], ends: /./, requests: 1, attempts: 1 },
    ];
    const { outcomes, events } = await dispatchFaults(costly, { model, settings: { budget: { run: 1 } } });
    expect(outcomes).toMatchObject([{ requests: 1 }]);
    expect(eventsOfType(events, "question.asked").map(({ question }) => question)).toMatchObject([
      { kind: "budget", text: expect.stringMatching(/has spent \$\d+\.\d\d of its budget of \$1\.00/) },
    ]);
  },
);
