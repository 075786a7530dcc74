import { expect, test } from "vitest";
import type { EventBody } from "../../src/core/event.ts";
import type { GateVerdict } from "../../src/core/verdict.ts";
import { CoreRun, done, green, task } from "../support/core-run.ts";

test("a question about failed attempts quotes what a person would look for, and nothing that is meant for the worker", () => {
  const banner = "> shop@1.0.0 test\n> node --test\n";
  const asks = (...bodies: EventBody[]): string =>
    [...new CoreRun([task("a")], { maxAttempts: 1 }).apply(...bodies).state.questions.values()][0]?.question
      .text ?? "";
  const gated = (line: string): string => {
    const said = { exitCode: 1, excerpt: banner + line, log: "" };
    const verdict: GateVerdict = { ...green, type: "failed", ...said };
    return asks(done.worked("a"), done.gated("a", [verdict]));
  };
  expect(gated("cart.test.js:3 expected 2 to be 3")).toContain(
    "Last time red: test: cart.test.js:3 expected 2 to be 3.",
  );
  expect(gated("the total is wrong")).toContain("Last time red: test: the total is wrong.");

  const idle: EventBody = { type: "worker.finished", task: "a", commit: null, files: [], note: "" };
  expect(asks(idle)).toContain("The last attempt changed no file");
  expect(asks(idle)).not.toMatch(/Your|ask the person/);
  const failure = { kind: "stall", reason: "silent for 5 minutes", hint: "" } as const;
  expect(asks({ type: "attempt.failed", task: "a", failure })).toContain(
    "The last attempt ended early: silent for 5 minutes.",
  );
});
