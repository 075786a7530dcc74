import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  countTests,
  endedUncounted,
  failedForWantOfTests,
  isTestGate,
} from "../../src/context/count-tests.ts";
import { runsNothing } from "../../src/context/runs-nothing.ts";
import { missingTool, saysOnlyMissing } from "../../src/context/missing-tool.ts";

const folder = new URL("../fixtures/gate-output/", import.meta.url);
const sample = (name: string): string => readFileSync(new URL(name, folder), "utf8");

test.each(readdirSync(new URL("none/", folder)))("%s: no test has run", (name) => {
  expect(countTests(sample(`none/${name}`))).toBe(0);
});

test.each(["vitest-none", "jest-none", "mocha-none", "playwright-none", "pytest-none"])(
  "%s: the runner's own red is told from a test's",
  (name) => {
    expect(failedForWantOfTests(sample(`none/${name}.txt`))).toBe(true);
  },
);

/** How many tests ran in outputs of runners that ran some. */
test.each([
  // It runs node's tests and vitest's.
  ["vitest.txt", 6],
  ["jest.txt", 5],
  ["pytest.txt", 3],
  ["cargo-test.txt", 2],
  ["mocha.txt", 3],
])("%s: %i tests have run", (name, count) => {
  expect(countTests(sample(name))).toBe(count);
  expect(failedForWantOfTests(sample(name))).toBe(false);
});

test("a test file that can not be loaded is red, and not empty", () => {
  expect(failedForWantOfTests(sample("vitest-unloadable.txt"))).toBe(false);
});

/** Written by hand, after each runner's documentation. */
test.each([
  ["go: no test files", "?   \texample.com/shop\t[no test files]\n", 0],
  ["go: nothing to run", "ok  \texample.com/shop\t0.002s [no tests to run]\n", 0],
  ["go: some", "ok  \texample.com/shop\t0.002s\n?   \texample.com/cmd\t[no test files]\n", 1],
  [
    "dotnet: none",
    "No test is available in /checkout/bin/Shop.dll. Make sure that a discoverer is there.\n",
    0,
  ],
  [
    "dotnet: some",
    "Passed!  - Failed:     0, Passed:     4, Skipped:     0, Total:     4, Duration: 12 ms\n",
    4,
  ],
  ["nextest", "     Summary [   0.012s] 5 tests run: 5 passed, 0 skipped\n", 5],
  ["bun", " 0 pass\n 0 fail\nRan 0 tests across 0 files.\n", 0],
  ["deno", "ok | 3 passed | 0 failed (12ms)\n", 3],
  ["phpunit", "No tests executed!\n", 0],
  ["rspec", "0 examples, 0 failures\n", 0],
  ["tap", "# tests 2\n# pass 2\n# fail 0\n", 2],
  ["playwright", "  2 passed (1.2s)\n", 2],
  [
    "one of two packages has none",
    "No test files found, exiting with code 0\n\n      Tests  2 passed (2)\n",
    2,
  ],
  ["nobody counts", "all is well\n", null],
  ["no output", "", null],
])("%s", (_, output, count) => {
  expect(countTests(output)).toBe(count);
});

test.each([
  [{ name: "test", command: "sh check.sh" }, "", true],
  [{ name: "unit-tests", command: "make u" }, "", true],
  [{ name: "check", command: "npm test" }, "", true],
  [{ name: "check", command: "cargo test --all" }, "", true],
  [{ name: "check", command: "npm run all" }, "> a@1.0.0 all\n> vitest run\n", true],
  [{ name: "lint", command: "eslint ." }, "", false],
  [{ name: "latest", command: "node contest.js" }, "", false],
  [{ name: "types", command: "tsc -p ." }, "", false],
])("whether %j is there to run tests", (gate, output, is) => {
  expect(isTestGate(gate, output)).toBe(is);
});

test.each([
  ["npm-missing.txt", 'Missing script: "nosuch"'],
  ["make-norule.txt", "No rule to make target 'test'."],
  ["make-missing.txt", "nosuchtool: No such file or directory"],
])("%s: what is missing is named", (name, what) => {
  expect(missingTool(sample(`missing/${name}`))).toBe(what);
});

test("a tool that is missing behind a green exit is seen, and words of a test about it are not", () => {
  expect(saysOnlyMissing("\n> a@1.0.0 test\n> vitest || true\n\nsh: 1: vitest: not found\n")).toBe(
    "vitest: not found",
  );
  expect(saysOnlyMissing("12 files checked\nsh: 1: git: not found\n")).toBeNull();
  expect(missingTool("✖ says what is missing\n  Error: page not found\nℹ fail 1\n")).toBeNull();
});

test.each([
  ["echo ok", "ok\n", "echo ok"],
  ["true", "", "true"],
  ["exit 0", "", "exit 0"],
  ["npm test", "\n> shop@1.0.0 test\n> echo ok\n\nok\n", "echo ok"],
  ["npm test", "\n> test\n> echo ok\n\nok\n", null],
  ["pnpm test", "> shop@1.0.0 test /checkout\n> exit 0\n", "exit 0"],
  ["yarn test", "$ echo no tests && exit 0\nno tests\n", "echo no tests && exit 0"],
  ["echo start && tsc", "start\n", null],
  ["echo $(tsc)", "", null],
  ["npm test", "> shop@1.0.0 test\n> node --test\n", null],
])("%s, which says %j, runs nothing: %j", (command, output, is) => {
  expect(runsNothing(command, output)).toBe(is);
});

test.each([
  ["mocha", "", true],
  ["npm test", "> shop@1.0.0 test\n> pytest\n\ncollected 3 items\n", true],
  ["npx vitest run --reporter=json", "{}\n", false],
  ["pytest", "=== 3 passed in 0.01s ===\n", false],
  ["sh check.sh", "", false],
])("%s, which says %j, was ended before it could count: %s", (command, output, is) => {
  expect(endedUncounted({ command }, output)).toBe(is);
});
