import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

test("opening the journal prints no warning, and other experimental warnings still come through", () => {
  const file = join(import.meta.dirname, "../../src/journal/sqlite.ts");
  const program = `
    const { openSqlite } = await import(${JSON.stringify(file)});
    openSqlite(":memory:", { readOnly: false, busyMs: 0 });
    process.on("warning", (warning) => console.log(warning.message));
    process.emitWarning("another one", "ExperimentalWarning");
  `;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  expect(output).toBe("another one\n");
});
