import { isDeepStrictEqual } from "node:util";
import type { Outcome } from "./outcome.ts";
import { slots } from "./scenario.ts";
import type { Tried } from "./try-run.ts";

/** What a run that was killed has other than one that was not; nothing where the promise holds. */
export function judge(expected: Tried, tried: Tried): string[] {
  const keys = Object.keys(expected.outcome) as (keyof Outcome)[];
  const differences = keys
    .filter((key) => !isDeepStrictEqual(expected.outcome[key], tried.outcome[key]))
    .map((key) => difference(key, expected.outcome[key], tried.outcome[key]));
  // Each worker waits for one call at a time, and a crash costs it no more than that.
  const most = expected.modelCalls + slots * tried.struck.length;
  if (tried.modelCalls <= most) return differences;
  return [...differences, `${tried.modelCalls} model calls, at most ${most} were expected`];
}

function difference(key: string, expected: unknown, found: unknown): string {
  if (!Array.isArray(expected) || !Array.isArray(found))
    return `${key}: ${String(found)} for ${String(expected)}`;
  const more = found.filter((one) => !expected.includes(one)).map((one) => `+ ${one}`);
  const less = expected.filter((one) => !found.includes(one)).map((one) => `- ${one}`);
  return `${key}: ${[...more, ...less].join(", ") || "in another order or number"}`;
}
