import { plainText } from "../core/plain-text.ts";

/** Runners close with their counts; what is above may be pages of logs. */
const endLength = 64 * 1024;

/** A closing line, and how many tests it says have run. What was skipped has not run. */
type Summary = { runner: string; match: RegExp; count: (found: RegExpMatchArray) => number };

const sum = (text: string, words: string): number =>
  [...text.matchAll(new RegExp(`(\\d+) (?:${words})\\b`, "g"))].reduce((all, [, n]) => all + Number(n), 0);
const first = ([, count = "0"]: RegExpMatchArray): number => Number(count);
const none = (): number => 0;

const summaries: readonly Summary[] = [
  { runner: "node --test, tap", match: /^[ℹ#] (?:pass|fail|cancelled) (\d+)$/, count: first },
  {
    runner: "vitest",
    match: /^ *Tests {2}(no tests|\d+ .*)$/,
    count: ([, text = ""]) => sum(text, "passed|failed"),
  },
  { runner: "jest", match: /^Tests: +(.* total)$/, count: ([, text = ""]) => sum(text, "passed|failed") },
  {
    runner: "vitest, jest, mocha",
    match: /^(?:Error: )?No test(?: file)?s found(?:,? exiting with code \d+|: .*)?$/,
    count: none,
  },
  { runner: "mocha", match: /^ +(\d+) (?:passing|failing)\b/, count: first },
  { runner: "playwright", match: /^ +(\d+) (?:passed|failed|flaky)(?: \(\S+\))?$/, count: first },
  {
    runner: "pytest",
    match: /^=* ?((?:\d+ [a-z]+(?:, )?)+) in [\d.]+s(?: \([\d:]+\))? ?=*$/,
    count: ([, text = ""]) => sum(text, "passed|failed|errors?|xfailed|xpassed"),
  },
  { runner: "pytest", match: /^=* ?no tests ran in [\d.]+s ?=*$/, count: none },
  { runner: "unittest", match: /^Ran (\d+) tests? in [\d.]+s$/, count: first },
  { runner: "unittest", match: /^(?:OK|FAILED) \((?:.*, )?skipped=(\d+)/, count: (found) => -first(found) },
  {
    runner: "go test",
    match: /^(?:ok|FAIL|\?) *\t\S+\s+(.*)$/,
    count: ([, text = ""]) => (/\[no test/.test(text) ? 0 : 1),
  },
  {
    runner: "cargo test",
    match: /^test result: \w+\. (\d+ passed; \d+ failed)/,
    count: ([, text = ""]) => sum(text, "passed|failed"),
  },
  { runner: "cargo nextest", match: /^ *Summary \[.*\] +(\d+) tests? run:/, count: first },
  {
    runner: "dotnet test",
    match: /^(?:Passed|Failed|Skipped)! +- Failed: +(\d+), Passed: +(\d+),/,
    count: ([, failed = "0", passed = "0"]) => Number(failed) + Number(passed),
  },
  { runner: "dotnet test", match: /^No test (?:is available in|matches the given) /, count: none },
  { runner: "bun test", match: /^ *(\d+) (?:pass|fail)$/, count: first },
  {
    runner: "deno test",
    match: /^(?:ok|FAILED) \| (\d+ passed.*)$/,
    count: ([, text = ""]) => sum(text, "passed|failed"),
  },
  { runner: "phpunit", match: /^(?:OK \(|Tests: )(\d+)\b/, count: first },
  { runner: "phpunit", match: /^No tests executed!$/, count: none },
  { runner: "rspec", match: /^(\d+) examples?, \d+ failures?/, count: first },
];

/** How many tests the output says have run, over all the runners in it; null where nobody says so. */
export function countTests(output: string): number | null {
  const counts = plainText(output.slice(-endLength))
    .split("\n")
    .flatMap((line) => {
      const text = line.trimEnd();
      for (const { match, count } of summaries) {
        const found = match.exec(text);
        if (found) return [count(found)];
      }
      return [];
    });
  return counts.length === 0
    ? null
    : Math.max(
        0,
        counts.reduce((all, one) => all + one, 0),
      );
}

const foundNone =
  /^(?:(?:Error: )?No test(?: file)?s found\b|=* ?no tests ran in |NO TESTS RAN|No tests executed!)/m;

/** Whether a runner that found no test called that a failure, and nothing else failed. */
export function failedForWantOfTests(output: string): boolean {
  const end = plainText(output.slice(-endLength));
  return foundNone.test(end) && countTests(output) === 0 && !/\b[1-9]\d* (?:failed|errors?)\b/.test(end);
}

const counting = /\b(?:vitest|jest|mocha|pytest|(?:go|cargo) test)\b/;
const otherwise =
  /--reporter|--json\b|-json\b|\s-R\b|\s-q+\b|--quiet|--silent|--format|--listTests|--collect-only|--no-run/;

/** Whether a runner that always closes with its counts has ended without: what it ran ended it, as `process.exit(0)` does. */
export function endedUncounted(gate: { command: string }, output: string): boolean {
  const scripts = scriptsIn(output);
  const commands = scripts.length === 0 ? [gate.command] : scripts;
  return (
    countTests(output) === null &&
    commands.some((text) => counting.test(text)) &&
    !commands.some((text) => otherwise.test(text))
  );
}

/** What npm, pnpm and yarn say that they run. */
function scriptsIn(output: string): string[] {
  return [...output.matchAll(/^[>$] (.+)$/gm)].map(([, command = ""]) => command);
}

const runners =
  /\b(vitest|jest|mocha|ava|tap|playwright|cypress|karma|pytest|unittest|nose2?|tox|rspec|phpunit|ctest|nextest|(?:node|deno|bun) (?:.*)--?test|(?:go|cargo|dotnet|bun|deno|swift|mvn|gradlew?) test)\b/;
const testWords = /(^|[^a-z])(tests?|specs?|unit|e2e)([^a-z]|$)|\bnpm t\b/i;

/** Whether a gate is there to run tests: by its name, its command, or the script that npm says it runs. */
export function isTestGate(gate: { name: string; command: string }, output: string): boolean {
  const scripts = scriptsIn(output);
  return (
    testWords.test(gate.name) ||
    [gate.command, ...scripts].some((text) => testWords.test(text) || runners.test(text))
  );
}
