import fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import { namedWait } from "../../src/core/named-wait.ts";

const now = Date.parse("2026-01-01T00:00:00Z");

function wait(headers: Record<string, string>, body = ""): number | null {
  return namedWait((name) => headers[name] ?? null, body, now);
}

test.each<[string, Record<string, string>, string, number | null]>([
  ["seconds", { "retry-after": "1.5" }, "", 1500],
  ["milliseconds, which are exact", { "retry-after": "9", "retry-after-ms": "250" }, "", 250],
  ["a date", { "retry-after": "Thu, 01 Jan 2026 02:00:00 GMT" }, "", 7_200_000],
  [
    "a date of a server whose clock is another than ours",
    { "retry-after": "Fri, 02 Jan 2026 00:00:10 GMT", date: "Fri, 02 Jan 2026 00:00:00 GMT" },
    "",
    10_000,
  ],
  [
    "a reset by a server whose clock is another than ours",
    {
      "anthropic-ratelimit-tokens-remaining": "0",
      "anthropic-ratelimit-tokens-reset": "2026-01-02T00:10:00Z",
      date: "Fri, 02 Jan 2026 00:00:00 GMT",
    },
    "",
    600_000,
  ],
  ["a date that is past", { "retry-after": "Wed, 31 Dec 2025 23:00:00 GMT" }, "", 0],
  ["no time at all", { "retry-after": "soon" }, "", null],
  ["nothing", {}, "", null],
  [
    "the reset of the limit that is used up, not of the other",
    {
      "anthropic-ratelimit-requests-remaining": "40",
      "anthropic-ratelimit-requests-reset": "2026-01-01T09:00:00Z",
      "anthropic-ratelimit-input-tokens-remaining": "0",
      "anthropic-ratelimit-input-tokens-reset": "2026-01-01T00:10:00Z",
    },
    "",
    600_000,
  ],
  [
    "retry-after before any reset",
    {
      "retry-after": "30",
      "anthropic-ratelimit-tokens-remaining": "0",
      "anthropic-ratelimit-tokens-reset": "2026-01-01T05:00:00Z",
    },
    "",
    30_000,
  ],
  [
    "a subscription's window",
    {
      "anthropic-ratelimit-unified-status": "rejected",
      "anthropic-ratelimit-unified-reset": String(now / 1000 + 18_000),
    },
    "",
    18_000_000,
  ],
  [
    "a subscription that has something left",
    { "anthropic-ratelimit-unified-status": "allowed", "anthropic-ratelimit-unified-reset": "1767243600" },
    "",
    null,
  ],
  [
    "a span in a header",
    { "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "6m0s" },
    "",
    360_000,
  ],
  [
    "a span of milliseconds",
    { "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "12ms" },
    "",
    12,
  ],
  ["OpenAI's words", {}, "Rate limit reached for gpt-5.5 … Please try again in 20s. Visit …", 20_000],
  ["OpenAI's words, longer", {}, "Please try again in 1m12.5s.", 72_500],
  ["OpenAI's words, hours", {}, "Please try again in 7h3m.", 25_380_000],
  [
    "Google's RetryInfo",
    {},
    '{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.5s"}',
    34_500,
  ],
  ["Google's words", {}, "Quota exceeded. Please retry in 34.07s.", 34_070],
  ["words without a unit", {}, "try again in 5 minutes or so", null],
  ["a number that is no span", {}, "try again in 20sx", null],
])("%s", (...row) => {
  const [, headers, body, expected] = row;
  expect(wait(headers, body)).toBe(expected);
});

test.each([
  {
    way: "back",
    at: "2026-10-25T00:30:00Z",
    date: "Sun, 25 Oct 2026 01:30:00 GMT",
    reset: "2026-10-25T02:30:00+01:00",
  },
  {
    way: "forward",
    at: "2027-03-28T00:30:00Z",
    date: "Sun, 28 Mar 2027 01:30:00 GMT",
    reset: "2027-03-28T03:30:00+02:00",
  },
])("an hour is one when the person's clocks go $way, or are wrong by a day", ({ at, date, reset }) => {
  vi.stubEnv("TZ", "Europe/Berlin");
  onTestFinished(() => void vi.unstubAllEnvs());
  const here = Date.parse(at);
  const limit = { "anthropic-ratelimit-tokens-remaining": "0", "anthropic-ratelimit-tokens-reset": reset };
  const seconds = { ...limit, "anthropic-ratelimit-tokens-reset": String(Date.parse(date) / 1000) };
  // The clocks are set between the two moments: the wall shows two hours, or none.
  expect(new Date(here).getTimezoneOffset()).not.toBe(new Date(date).getTimezoneOffset());
  for (const headers of [{ "retry-after": date }, limit, seconds]) {
    const untold: Record<string, string> = headers;
    expect(namedWait((name) => untold[name] ?? null, "", here)).toBe(3_600_000);
    const told: Record<string, string> = { ...headers, date: new Date(here).toUTCString() };
    for (const jump of [-86_400_000, 86_400_000]) {
      expect(namedWait((name) => told[name] ?? null, "", here + jump)).toBe(3_600_000);
    }
  }
});

test("whatever stands there, the wait is a number from 0 up or null, at once", () => {
  const names = [
    "retry-after",
    "retry-after-ms",
    "x-ratelimit-reset-tokens",
    "anthropic-ratelimit-tokens-reset",
  ];
  const value = fc.oneof(
    fc.string(),
    fc.double().map(String),
    fc.constantFrom("1e999", "-5", "NaN", "0x10", "9".repeat(400)),
  );
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...names), value),
      fc.string({ unit: "binary" }),
      (headers, body) => {
        const used = { "x-ratelimit-remaining-tokens": "0", "anthropic-ratelimit-tokens-remaining": "0" };
        const found = wait({ ...used, ...headers }, body);
        expect(found === null || (Number.isFinite(found) && found >= 0)).toBe(true);
      },
    ),
  );
  const began = performance.now();
  expect(wait({}, `try again in ${"1".repeat(200_000)}`)).toBeNull();
  expect(wait({}, `try again in ${"1s".repeat(200_000)}x`)).toBeNull();
  expect(performance.now() - began).toBeLessThan(1_000);
});
