import { expect, test } from "vitest";
import { completeSettings } from "../../src/core/complete-settings.ts";
import { openQuestions } from "../../src/core/run-state.ts";
import type { Flag } from "../../src/core/flag.ts";
import { ownChecks } from "../../src/core/own-checks.ts";
import { CoreRun, done, empty, green, red, settings, task } from "../support/core-run.ts";
import type { RunSettings } from "../../src/core/run-settings.ts";

const skipped = { id: "s" };
const touched = { kind: "protected", file: "package.json", quote: "", id: "p" } as const;

function reviewed(
  flags: Parameters<typeof done.flagged>[1][],
  touches: string[] = [],
  changes: Partial<RunSettings> = {},
): CoreRun {
  const run = new CoreRun([task("a", { touches })], changes);
  return run.apply(done.worked("a"), done.gated("a"), done.flagged("a", ...flags), done.approved("a"));
}

test("a change that weakens its judging is asked about once, after the review, with all of it", () => {
  const run = reviewed([skipped, touched]);
  const [question, ...others] = openQuestions(run.state);
  expect(others).toEqual([]);
  expect(question).toMatchObject({
    kind: "protected",
    task: "a",
    options: ["merge it", "send it back"],
    default: null,
  });
  expect(question?.text).toMatch(/a\.test\.ts:1 a test is switched off: it\.skip[^]*package\.json/);
  expect(run.stateOf("a")).toBe("blocked");
  expect(run.state.queue).toEqual([]);
});

test.each(["merge it", "Merge it.", "merge", "yes"])(
  "%s merges, and the same change is not asked about again",
  (text) => {
    const run = reviewed([skipped]).apply(done.answered(1, text));
    expect(run.stateOf("a")).toBe("merging");
    run.apply({ type: "merge.conflicted", task: "a", files: ["f"], onto: "tip" });
    run.apply(done.worked("a", "a-2"), { ...done.gated("a"), commit: "a-2" } as never);
    run.apply(
      { ...done.flagged("a", skipped), commit: "a-2" } as never,
      { ...done.approved("a"), commit: "a-2" } as never,
    );
    expect(run.stateOf("a")).toBe("merging");
  },
);

test("another change than the one that was let through is asked about", () => {
  const run = reviewed([skipped]).apply(done.answered(1, "merge it"));
  run.apply({ type: "merge.conflicted", task: "a", files: ["f"], onto: "tip" });
  run.apply(
    done.worked("a"),
    done.gated("a"),
    done.flagged("a", skipped, { id: "new", quote: "it.only('y')" }),
    done.approved("a"),
  );
  expect(openQuestions(run.state)).toMatchObject([{ kind: "protected" }]);
  expect(openQuestions(run.state)[0]?.text).not.toContain("it.skip");
});

test.each([
  ["send it back", ""],
  ["no", ""],
  ["keep the test, rename it", "keep the test, rename it"],
])("%s gives the worker the list", (text, note) => {
  const run = reviewed([skipped]).apply(done.answered(1, text));
  expect(run.state.tasks.get("a")?.state).toMatchObject({
    type: "working",
    assignment: { type: "flagged", note, flags: [{ id: "s" }] },
  });
});

test("to send it back is to want one more attempt, even after the last", () => {
  const run = reviewed([skipped], [], { maxAttempts: 1 }).apply(done.answered(1, "send it back"));
  expect(run.stateOf("a")).toBe("working");
});

test("giving up ends the task", () => {
  expect(reviewed([skipped]).apply(done.answered(1, "give up")).stateOf("a")).toBe("failed");
});

test.each([
  [["package.json"], "merging"],
  [["./package.json"], "merging"],
  [["**"], "blocked"],
  [["*.json"], "blocked"],
  [["src/"], "blocked"],
])("a plan that touches %j foresees package.json: %s", (touches, state) => {
  expect(reviewed([touched], touches).stateOf("a")).toBe(state);
});

test("a protected folder may be foreseen, and what weakens a foreseen file is asked about all the same", () => {
  expect(
    reviewed([{ ...touched, file: ".github/workflows/ci.yml" }], [".github/workflows/"]).stateOf("a"),
  ).toBe("merging");
  expect(
    reviewed([{ kind: "test-script", file: "package.json", id: "t" }], ["package.json"]).stateOf("a"),
  ).toBe("blocked");
});

test("what only the reviewer judges, and protect: review, ask nobody", () => {
  expect(reviewed([{ kind: "suppressed" }]).stateOf("a")).toBe("merging");
  expect(reviewed([skipped, touched], [], { protect: "review" }).stateOf("a")).toBe("merging");
  const { protect: _, ...older } = settings();
  expect(completeSettings(older).protect).toBe("review");
});

test("that a change is green only by its own checks is asked about, and once", () => {
  const bent = { kind: "own-checks", file: "package.json", quote: "", id: "o" } as const;
  const run = reviewed([bent], ["package.json"]);
  expect(openQuestions(run.state)).toMatchObject([{ kind: "protected" }]);
  expect(run.apply(done.answered(1, "merge it")).stateOf("a")).toBe("merging");
  expect(reviewed([bent], [], { protect: "review" }).stateOf("a")).toBe("merging");
});

test("the base's checks judge what neither the plan foresaw nor the person let through", () => {
  const flags = (
    done.flagged("a", touched, skipped, { ...touched, file: "tsconfig.json", id: "t" }) as {
      flags: Flag[];
    }
  ).flags;
  const filesFor = (touches: string[], allowed: string[]): string[] =>
    ownChecks(flags, { task: task("a", { touches }), allowed }).map(({ file }) => file);
  expect(filesFor([], [])).toEqual(["package.json", "tsconfig.json"]);
  expect(filesFor(["package.json"], [])).toEqual(["tsconfig.json"]);
  expect(filesFor([], ["p"])).toEqual(["tsconfig.json"]);
  expect(filesFor(["**"], ["p", "t"])).toEqual([]);
});

test("nothing is let through by default", () => {
  expect(reviewed([skipped], [], { useDefaults: true }).stateOf("a")).toBe("blocked");
});

const gates = [{ name: "test", command: "npm test", timeoutMs: 1, network: false }];

test("a gate that ran no tests is red where the base has some", () => {
  const run = new CoreRun([task("a")], { gates }).apply({ type: "baseline.finished", verdicts: [green] });
  run.apply(done.worked("a"), done.gated("a", [empty]));
  expect(run.state.tasks.get("a")?.state).toMatchObject({ type: "working", assignment: { type: "gates" } });
});

test("a project without tests is not held back, until it has some", () => {
  const run = new CoreRun([task("a"), task("b"), task("c")], { gates, slots: 3 });
  run.apply({ type: "baseline.finished", verdicts: [empty] });
  expect(openQuestions(run.state)).toEqual([]);
  run.apply(done.worked("a"), done.gated("a", [empty]));
  expect(run.stateOf("a")).toBe("reviewing");
  run.apply(done.worked("b"), done.gated("b", [red]));
  expect(run.state.tasks.get("b")?.state).toMatchObject({ assignment: { type: "gates" } });
  run.apply(done.approved("a"), done.prepared("a"), done.mergeGated("a", [green]), done.landed("a"));
  run.apply(done.worked("c"), done.gated("c", [empty]));
  expect(run.state.tasks.get("c")?.state).toMatchObject({ assignment: { type: "gates" } });
});
