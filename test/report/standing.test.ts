import fc from "fast-check";
import { expect, test } from "vitest";
import { applyEvent } from "../../src/core/apply-event.ts";
import type { RunEvent } from "../../src/core/event.ts";
import type { RunState } from "../../src/core/run-state.ts";
import { keepStanding, parseStanding, type Standing, standingText } from "../../src/report/standing.ts";
import { renderStatus } from "../../src/report/status.ts";
import { anyGates as gates, anyPlan, playOn } from "../support/any-run.ts";
import { CoreRun, task } from "../support/core-run.ts";
import { startAt } from "./a-run.ts";

const stepMs = 7000;
const find = (): [] => [];

function standingOf(events: readonly RunEvent[], state: RunState): Standing {
  const keeper = keepStanding();
  for (const event of events) keeper.add(event);
  return keeper.of(state, find);
}

/** The same without the rows that were laid for a pipe. */
function unlaid(standing: Standing): Standing {
  return { ...standing, laid: { ...standing.laid, layout: { ...standing.laid.layout, elapsed: -1 } } };
}

test("what was kept shows what the events show, at any moment of any run and to any reader", () => {
  fc.assert(
    fc.property(anyPlan, fc.infiniteStream(fc.nat(1000)), (tasks, dice) => {
      const run = new CoreRun(tasks, { slots: 2, gates });
      const roll = (): number => dice.next().value ?? 0;
      for (let step = 0; step < 40 && run.state.phase !== "finished"; step += 1) playOn(run, roll);
      const events = run.events.map((body, index) => ({
        ...body,
        seq: index + 1,
        at: startAt + index * stepMs,
      }));
      const keeper = keepStanding();
      let state: RunState | null = null;
      for (const [index, event] of events.entries()) {
        state = applyEvent(state, event);
        keeper.add(event);
        if (roll() % 4 > 0) continue;
        const kept = parseStanding(Buffer.from(standingText(keeper.of(state, find))));
        const replayed = unlaid(standingOf(events.slice(0, index + 1), state));
        const now = event.at + (roll() % 3) * 3_000_000;
        for (const pid of [null, 4242]) {
          for (const look of [
            { width: 100, colors: false },
            { width: 72, colors: true },
          ]) {
            const seen = { answered: new Map<number, string>(), now, pid, ...look };
            expect(renderStatus({ standing: kept, ...seen })).toBe(
              renderStatus({ standing: replayed, ...seen }),
            );
          }
        }
      }
    }),
    { numRuns: 20 },
  );
});

test("a secret is left out of what is kept, in all of its parts", () => {
  const run = new CoreRun([task("a", { title: "Use hunter2" })]);
  const secret = (text: string): { kind: string; start: number; end: number }[] => {
    const start = text.indexOf("hunter2");
    return start === -1 ? [] : [{ kind: "X", start, end: start + "hunter2".length }];
  };
  const text = standingText(keepStanding().of(run.state, secret));
  expect(text).not.toContain("hunter2");
  expect(text.split("[redacted X]").length).toBeGreaterThan(2);
});
