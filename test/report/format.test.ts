import { describe, expect, onTestFinished, test, vi } from "vitest";
import { apiForEveryRole } from "../../src/core/agent-spec.ts";
import type { EventBody } from "../../src/core/event.ts";
import { noSpend, noUsage } from "../../src/core/usage.ts";
import {
  formatClock,
  formatCount,
  formatElapsed,
  formatMoment,
  formatRunSpend,
  formatSpend,
  formatTook,
  formatUsage,
  formatUsd,
  isScripted,
  listed,
} from "../../src/report/format.ts";
import { aTask, asEvents, attempt, called, someSettings, started, stateAfter } from "./a-run.ts";

describe("numbers are said as a person would", () => {
  test.each([
    [0, "0s"],
    [59_999, "59s"],
    [134_000, "2m 14s"],
    [3_720_000, "1h 02m"],
    [3 * 86_400_000 + 4 * 3_600_000, "3d 04h"],
    [-5, "0s"],
  ])("%d ms past is %s", (ms, text) => expect(formatElapsed(ms)).toBe(text));

  test.each([
    [420, "420ms"],
    [3210, "3.2s"],
    [65_000, "1m 05s"],
  ])("%d ms taken is %s", (ms, text) => expect(formatTook(ms)).toBe(text));

  test.each([
    [0, "$0.00"],
    [0.001, "<$0.01"],
    [4.125, "$4.13"],
  ])("%d dollars is %s", (usd, text) => expect(formatUsd(usd)).toBe(text));

  test.each([
    [940, "940"],
    [12_340, "12.3k"],
    [999_960, "1.0M"],
  ])("%d tokens is %s", (count, text) => expect(formatCount(count)).toBe(text));

  test("cached tokens are part of what went in, and said", () => {
    const usage = { inputTokens: 1000, cacheReadTokens: 2000, cacheWriteTokens: 500, outputTokens: 10 };
    expect(formatUsage(usage)).toBe("3.5k in (2.0k cached, 500 to cache), 10 out");
    expect(formatUsage(noUsage)).toBe("0 in, 0 out");
  });

  test("an unknown price is said and never counted as nothing", () => {
    expect(formatSpend({ ...noSpend, usd: 0.42, calls: 5, unpricedCalls: 3 })).toBe(
      "$0.42 + 3 calls unpriced",
    );
    expect(formatSpend({ ...noSpend, calls: 1, unpricedCalls: 1 })).toBe("1 call unpriced");
    expect(formatSpend({ ...noSpend, usd: 1, calls: 1 })).toBe("$1.00");
  });

  test("a run is scripted only when every model is", () => {
    const models = { plan: [], research: [], implement: ["scripted/demo"], review: [], resolve: [] };
    const run = (model?: string): string =>
      formatRunSpend(
        stateAfter(
          asEvents([
            started([aTask("login", model === undefined ? {} : { model })], someSettings({ models })),
          ]),
        ),
      );
    expect(run()).toBe("scripted model");
    expect(run("openai/gpt-5")).toBe("$0.00 of $20.00");
  });

  test("a worker with its own login makes a run no scripted one, and what it does not tell is said to be left out", () => {
    const models = {
      plan: [],
      research: [],
      implement: ["scripted/demo"],
      review: ["scripted/demo"],
      resolve: [],
    };
    const spec = { type: "command", command: "sh work.sh", credentials: "own" } as const;
    const programs = { own: { ...spec, model: null, prompt: "", web: false, env: {} } };
    const settings = someSettings({ models, programs, agents: { ...apiForEveryRole, implement: "own" } });
    const agent = { agent: "own", credentials: "own", session: null } as const;
    const bodies: EventBody[] = [
      started([aTask("login")], settings),
      attempt("login"),
      { type: "agent.started", task: "login", role: "implement", ...agent },
    ];
    const spend = (more: EventBody[] = []): string =>
      formatRunSpend(stateAfter(asEvents([...bodies, ...more])));
    expect(spend()).toBe("$0.00 of $20.00, not counted: own");
    expect(spend([called("login", 0.5)])).toBe("$0.50 of $20.00");
    expect(isScripted(stateAfter(asEvents(bodies)))).toBe(false);
  });

  test("a long list is cut and says by how much", () => {
    expect(listed(["a", "b", "c", "d", "e"])).toBe("a, b, c and 2 more");
  });
});

test("a moment is shown by the person's own clock, also where that is set forward or back", () => {
  vi.stubEnv("TZ", "Europe/Berlin");
  onTestFinished(() => void vi.unstubAllEnvs());
  const shown = (at: string): string[] => [formatClock(Date.parse(at)), formatMoment(Date.parse(at))];
  expect(shown("2026-10-25T00:59:59Z")).toEqual(["02:59:59", "2026-10-25 02:59"]);
  expect(shown("2026-10-25T01:00:00Z")).toEqual(["02:00:00", "2026-10-25 02:00"]);
  expect(shown("2027-03-28T00:59:59Z")).toEqual(["01:59:59", "2027-03-28 01:59"]);
  expect(shown("2027-03-28T01:00:00Z")).toEqual(["03:00:00", "2027-03-28 03:00"]);
});
