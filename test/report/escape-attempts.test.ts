import { expect, test } from "vitest";
import { type EscapeAttempt, type EscapeOutcome, isTight } from "../../src/core/escape-attempt.ts";
import { renderEscapeAttempts } from "../../src/report/escape-attempts.ts";

const attempt = (name: string, outcome: EscapeOutcome): EscapeAttempt => ({
  name,
  why: "that would be bad",
  outcome,
});
const blocked = attempt("read a key", { type: "blocked" });
const untried = attempt("ask the kernel", { type: "untried", reason: "perl is not installed" });
const look = { width: 80, colors: false };

test("a line each, and the count last", () => {
  expect(renderEscapeAttempts([blocked, untried, blocked], look)).toBe(
    "blocked  read a key\nuntried  ask the kernel\n         perl is not installed\nblocked  read a key\n\nblocked 2 of 2 tried, 1 not tried",
  );
});

test("what got out says why that is bad and how it came about, without control sequences", () => {
  const reached = attempt("reach a service", { type: "reached", how: "port 80\u001b[2J" });
  const text = renderEscapeAttempts([blocked, reached], look);
  expect(text).toContain("REACHED  reach a service\n         that would be bad\n         port 80");
  expect(text).not.toContain("\u001b");
  expect(text).toMatch(/blocked 1 of 2 tried$/);
});

test("only a sandbox that refused all that was tried is tight", () => {
  expect(isTight([blocked, untried])).toBe(true);
  expect(isTight([untried])).toBe(false);
  expect(isTight([])).toBe(false);
  expect(isTight([blocked, attempt("x", { type: "reached", how: "" })])).toBe(false);
  expect(isTight([blocked, attempt("x", { type: "unclear", reason: "exit code 9" })])).toBe(false);
});
