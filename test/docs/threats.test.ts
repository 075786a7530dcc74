import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const docs = join(import.meta.dirname, "../../docs");
const rows = readFileSync(join(docs, "threats.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| ") && !/^\| (tried|met) \|/.test(line));

test("everything that is said to be tried names the tests that try it", () => {
  expect(rows.length).toBeGreaterThan(30);
  const without = rows.filter((row) => {
    const links = [...(row.split(" | ").at(-1) ?? "").matchAll(/\]\(([^)]+)\)/g)].map(
      ([, link = ""]) => link,
    );
    return links.length === 0 || !links.every((link) => isTest(link));
  });
  expect(without).toEqual([]);
});

function isTest(link: string): boolean {
  const file = join(docs, link);
  return link.endsWith(".test.ts") && existsSync(file) && /\b(test|it)[.(]/.test(readFileSync(file, "utf8"));
}
