import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const docs = join(import.meta.dirname, "../../docs");
type Link = { words: string; file: string };
type Row = { pain: string; links: Link[] };

const rows: Row[] = readFileSync(join(docs, "pains.md"), "utf8")
  .split("\n")
  .filter((line) => line.includes(".test.ts)"))
  .map((line) => ({
    pain: lowerFirst(line.split(" | ")[0]?.replace("| ", "") ?? ""),
    links: [...line.matchAll(/\[([^\]]+)\]\(([^)]+\.test\.ts)\)/g)].map(([, words = "", file = ""]) => ({
      words,
      file: join(docs, file),
    })),
  }));

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** What its tests are called, in the order of the file. */
function titlesIn(file: string): string[] {
  const calls = readFileSync(file, "utf8").matchAll(
    /^\s*(?:describe|describeBoth|describeSandboxed|test|it)(?:\.\w+)?\((?:\w+\)\()?\s*(["'`])(.+?)(?<!\\)\1/gm,
  );
  return [...calls].map(([, , title = ""]) => title.replaceAll('\\"', '"'));
}

test("every answer to what hurts elsewhere names a test that is there", () => {
  expect(rows.length).toBeGreaterThanOrEqual(26);
  const missing = rows.flatMap(({ links }) =>
    links.filter(({ words, file }) => {
      if (!existsSync(file)) return true;
      // One word names the file, more are of a test's own title.
      return words.includes(" ") && !titlesIn(file).some((title) => title.includes(words));
    }),
  );
  expect(missing).toEqual([]);
});

test("every pain has a test that is named after it, and says what holds", () => {
  const isNamed = ({ pain, links }: Row): boolean =>
    links.some(({ words, file }) => titlesIn(file).some((title) => title.startsWith(`${pain}: ${words}`)));
  expect(rows.filter((row) => !isNamed(row)).map(({ pain }) => pain)).toEqual([]);
});
