import { expect, test } from "vitest";
import type { GuestEnd, GuestTrouble } from "../../../src/agents/guest/guest.ts";
import { judgeEnd, noteOf, type Ending } from "../../../src/agents/guest/judge-end.ts";

const done: GuestEnd = { type: "done" };
const why = (trouble: GuestTrouble, message = "it said so"): GuestEnd => ({
  type: "failed",
  why: trouble,
  message,
});
const said = (status: number | null, message = "vendor's words"): Ending["lastFailure"] => ({
  model: "anthropic/a",
  status,
  message,
  retryAfterMs: null,
});

function judge(changes: Partial<Ending>): ReturnType<typeof judgeEnd> {
  return judgeEnd({
    end: done,
    refusal: null,
    lastFailure: null,
    words: "Done.",
    denied: [],
    agent: "claude",
    credentials: "gateway",
    model: "anthropic/a",
    keyEnv: "A_KEY",
    ...changes,
  });
}

type Case = [name: string, ending: Partial<Ending>, kind: string, isModels: boolean, reason: string];

test.each<Case>([
  ["login", { end: why("login") }, "provider", true, "claude: it said so"],
  ["quota", { end: why("quota") }, "provider", true, "claude: it said so"],
  ["rate-limit", { end: why("rate-limit") }, "provider", true, "claude: it said so"],
  ["model", { end: why("model") }, "provider", true, "claude: it said so"],
  ["unreachable", { end: why("unreachable") }, "provider", true, "claude: it said so"],
  ["start", { end: why("start") }, "provider", false, "claude: it said so"],
  ["context", { end: why("context") }, "limit", false, "claude: it said so"],
  ["its own limit", { end: why("limit") }, "limit", false, "claude: it said so"],
  ["refused", { end: why("refused") }, "agent", false, "claude: it said so"],
  ["killed", { end: why("killed") }, "agent", false, "claude: it said so"],
  ["error", { end: why("error", "") }, "agent", false, "claude: error"],
  ["no session", { end: why("no-session") }, "agent", false, "claude: it said so"],
  [
    "401",
    { end: why("error", ""), lastFailure: said(401) },
    "provider",
    true,
    "claude: anthropic/a answered 401: vendor's words",
  ],
  [
    "402",
    { end: why("login"), lastFailure: said(402) },
    "provider",
    true,
    "claude: it said so; anthropic/a answered 402: vendor's words",
  ],
  [
    "404",
    { end: why("error", ""), lastFailure: said(404) },
    "provider",
    true,
    "claude: anthropic/a answered 404: vendor's words",
  ],
  [
    "529",
    { end: why("error", ""), lastFailure: said(529) },
    "provider",
    true,
    "claude: anthropic/a answered 529: vendor's words",
  ],
  [
    "no answer",
    { end: why("error", ""), lastFailure: said(null, "ECONNREFUSED") },
    "provider",
    true,
    "claude: anthropic/a could not be reached: ECONNREFUSED",
  ],
  [
    "400",
    { end: why("error", ""), lastFailure: said(400) },
    "agent",
    false,
    "claude: anthropic/a answered 400: vendor's words",
  ],
  [
    "400, too long",
    { end: why("context"), lastFailure: said(400) },
    "limit",
    false,
    "claude: it said so; anthropic/a answered 400: vendor's words",
  ],
  [
    "done without a word on a failure",
    { words: "", lastFailure: said(500) },
    "provider",
    true,
    "claude: anthropic/a answered 500: vendor's words",
  ],
  [
    "done with the failure as last words",
    { words: "API Error: vendor's words", lastFailure: said(500) },
    "provider",
    true,
    "claude: anthropic/a answered 500: vendor's words",
  ],
  [
    "nothing but a denied tool",
    { words: " ", denied: ["Bash", "Bash"] },
    "agent",
    false,
    "claude stopped when it was not allowed to use Bash",
  ],
])("%s", (...[, changes, kind, isModels, reason]) => {
  expect(judge(changes)).toMatchObject({ type: "failed", isModels, failure: { kind, reason } });
});

test("done is done, also where a call beside the work failed", () => {
  expect(judge({})).toEqual({ type: "done" });
  expect(judge({ lastFailure: said(500) })).toEqual({ type: "done" });
  expect(judge({ words: "" })).toEqual({ type: "done" });
});

test("a limit that the door holds wins over everything", () => {
  const refusal = { kind: "limit", reason: "all turns", hint: "raise it" } as const;
  for (const end of [done, why("login"), why("error")])
    expect(judge({ end, refusal, lastFailure: said(401) })).toEqual({
      type: "failed",
      failure: refusal,
      isModels: false,
      isPassing: false,
      waitMs: null,
    });
});

test("what helps depends on whose login it is", () => {
  const hint = (changes: Partial<Ending>): string => {
    const judged = judge({ end: why("login"), ...changes });
    return judged.type === "failed" ? judged.failure.hint : "";
  };
  expect(hint({})).toBe("set A_KEY to a key for anthropic/a that is valid, and resume from that shell");
  expect(hint({ keyEnv: null, model: null })).toContain("the variable that holds the key");
  expect(hint({ credentials: "own" })).toBe("log in with claude, then resume");
  expect(hint({ end: why("rate-limit"), lastFailure: said(429, "insufficient_quota") })).toContain(
    "add credit",
  );
  expect(hint({ end: why("quota"), lastFailure: said(429, "slow down") })).toContain("add credit");
  expect(hint({ end: why("error"), lastFailure: said(429, "slow down") })).toBe("try again in a while");
});

test("a note names the tools that were not allowed", () => {
  expect(noteOf(" Done. ", [])).toBe("Done.");
  expect(noteOf("Done.", ["Bash", "Web", "Bash"])).toBe("Done.\n\nNot allowed: Bash, Web.");
});

test("a limit whose end the vendor names is waited for, and counts as nobody's failure", () => {
  const limited = (status: number, retryAfterMs: number | null): Ending["lastFailure"] => ({
    model: "anthropic/a",
    status,
    message: "slow down",
    retryAfterMs,
  });
  const hour = 3_600_000;
  const waits = (end: GuestEnd, failure: Ending["lastFailure"]): unknown => {
    const judged = judge({ end, lastFailure: failure });
    return judged.type === "failed" ? [judged.failure.kind, judged.waitMs, judged.isPassing] : judged;
  };
  expect(waits(why("rate-limit"), limited(429, 2 * hour))).toEqual(["paused", 2 * hour, false]);
  expect(waits(why("quota"), limited(429, 20 * hour))).toEqual(["paused", 20 * hour, false]);
  expect(waits(why("error"), limited(503, hour))).toEqual(["paused", hour, false]);
  expect(waits(why("quota"), limited(429, 25 * hour))).toEqual(["provider", null, false]);
  expect(waits(why("rate-limit"), limited(429, null))).toEqual(["provider", null, false]);
  expect(waits(why("login"), limited(401, hour))).toEqual(["provider", null, false]);
});
