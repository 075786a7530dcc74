import { expect, test } from "vitest";

import { durationPattern, formatDuration, parseDuration } from "../../src/core/duration.ts";

test.each([
  ["500ms", 500],
  ["90s", 90_000],
  ["10m", 600_000],
  ["2h", 7_200_000],
])("%s is %d ms, and back", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
  expect(formatDuration(ms)).toBe(text);
});

test.each(["10", "0s", "-1s", "1.5h", "10 m", "m", "", "1d"])("%j is no duration", (text) => {
  expect(durationPattern.test(text)).toBe(false);
});
