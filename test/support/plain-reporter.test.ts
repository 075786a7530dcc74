import { execFile } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const vitest = join(import.meta.dirname, "../../node_modules/vitest/vitest.mjs");
const reporter = join(import.meta.dirname, "plain-reporter.ts");

test("the last line counts, and a skipped test fails the run only under CI", async () => {
  const tests = 'test("one", () => {}); test.skip("two", () => {});';
  const local = await runVitest(tests, { CI: "" });
  expect(local).toMatchObject({ exitCode: 0, lastLine: "1 passed, 0 failed, 1 skipped" });
  const inCi = await runVitest(tests, { CI: "true" });
  expect(inCi).toMatchObject({ exitCode: 1, lastLine: "1 passed, 0 failed, 1 skipped" });
  expect(inCi.stdout).toContain("skipped under CI, which fails the run: two\n");
});

test("what only root can try may be left out, and a red test fails as ever", async () => {
  const forRoot = 'test("one", () => {}); test.skip("no way out, also for root", () => {});';
  expect(await runVitest(forRoot, { CI: "true" })).toMatchObject({ exitCode: 0 });
  const red = 'test("one", () => { throw new Error("no"); });';
  expect(await runVitest(red, { CI: "true" })).toMatchObject({ exitCode: 1, lastLine: "0 passed, 1 failed" });
});

type Ended = { exitCode: number; stdout: string; lastLine: string };

function runVitest(tests: string, env: Record<string, string>): Promise<Ended> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "agentx-reporter-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "some.test.js"), tests);
  writeFileSync(
    join(folder, "vitest.config.js"),
    `import { PlainReporter } from ${JSON.stringify(reporter)};
     export default { test: { globals: true, reporters: ["default", new PlainReporter()] } };`,
  );
  return new Promise((resolve) => {
    const args = [vitest, "run", "--root", folder];
    const child = execFile(
      process.execPath,
      args,
      { cwd: folder, env: { ...process.env, ...env } },
      (_, stdout) => {
        const lastLine = stdout.trimEnd().split("\n").at(-1) ?? "";
        resolve({ exitCode: child.exitCode ?? -1, stdout, lastLine });
      },
    );
  });
}
