import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const docs = join(import.meta.dirname, "../../docs");
const links = [
  ...readFileSync(join(docs, "pains.md"), "utf8").matchAll(/\[([^\]]+)\]\(([^)]+\.test\.ts)\)/g),
].map(([, words = "", file = ""]) => ({ words, file: join(docs, file) }));

test("every answer to what hurts elsewhere names a test that is there", () => {
  expect(links.length).toBeGreaterThan(25);
  const missing = links.filter(({ words, file }) => {
    if (!existsSync(file)) return true;
    // One word names the file, more are a test's own title.
    return words.includes(" ") && !readFileSync(file, "utf8").includes(words);
  });
  expect(missing).toEqual([]);
});
