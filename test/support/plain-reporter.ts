import { writeSync } from "node:fs";
import type { Reporter, TestCase, TestModule } from "vitest/node";

type Counts = { passed: number; failed: number; skipped: string[] };

/** The only tests that CI may leave out: they try what nobody but root could do at all. */
const isForRoot = (name: string): boolean => name.endsWith("also for root");

/**
 * Ends the output with `N passed, N failed`, alone on its line. Under CI a skipped test fails the run:
 * what was not run has proved nothing.
 */
export class PlainReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const { passed, failed, skipped } = count(modules);
    const broken = modules.filter(
      (module) => module.state() === "failed" && module.errors().length > 0,
    ).length;
    const parts = [`${passed} passed`, `${failed + broken + unhandledErrors.length} failed`];
    if (skipped.length > 0) parts.push(`${skipped.length} skipped`);
    const forbidden = process.env["CI"] === "true" ? skipped.filter((name) => !isForRoot(name)) : [];
    if (forbidden.length > 0) process.exitCode = 1;
    const complaints = forbidden.map((name) => `skipped under CI, which fails the run: ${name}\n`);
    // On exit, since the other reporters still have something to say.
    process.on("exit", () => writeSync(1, `\n${complaints.join("")}${parts.join(", ")}\n`));
  }
}

function count(modules: readonly TestModule[]): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: [] };
  for (const module of modules) for (const test of module.children.allTests()) add(counts, test);
  return counts;
}

function add(counts: Counts, test: TestCase): void {
  const { state } = test.result();
  if (state === "passed") counts.passed += 1;
  else if (state === "failed") counts.failed += 1;
  else counts.skipped.push(test.fullName);
}
