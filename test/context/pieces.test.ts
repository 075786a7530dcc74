import { expect, test } from "vitest";
import { agentsFilesFor } from "../../src/context/agents-files.ts";
import { estimateTokens, fitTokens } from "../../src/context/fit-tokens.ts";
import { describeLayout } from "../../src/context/layout.ts";
import { fitDiff, splitDiff } from "../../src/context/split-diff.ts";

const files = ["AGENTS.md", "a/CLAUDE.md", "a/b/AGENTS.md", "a/b/CLAUDE.md", "a/b/c.ts", "d/AGENTS.md"];

test.each([
  [[], ["AGENTS.md"]],
  [["a/b/c.ts"], ["AGENTS.md", "a/CLAUDE.md", "a/b/AGENTS.md"]],
  [["a/b"], ["AGENTS.md", "a/CLAUDE.md", "a/b/AGENTS.md"]],
  [["a/*/c.ts"], ["AGENTS.md", "a/CLAUDE.md"]],
  [["**/*.ts"], ["AGENTS.md"]],
  [
    ["./d/x.ts", "a/x.ts"],
    ["AGENTS.md", "a/CLAUDE.md", "d/AGENTS.md"],
  ],
])("for %j the nearest instruction files are %j", (touches, found) => {
  expect(agentsFilesFor(touches, files)).toEqual(found);
});

test("a text within its budget is left alone, and a longer one keeps whole lines", () => {
  expect(fitTokens("one\ntwo", { tokens: 2, rest: "" })).toEqual({ text: "one\ntwo", cut: false });
  const cut = fitTokens("a line of words\n".repeat(100), { tokens: 50, rest: "read it" });
  expect(cut.text).toMatch(/^(a line of words\n)+\[… cut here: \d+ more lines; read it\]$/);
  expect(estimateTokens(cut.text)).toBeLessThanOrEqual(50);
});

test("the layout counts folders and shows what stands beside the touched files", () => {
  expect(describeLayout(["package.json", "src/a.ts", "src/x/b.ts", "src/x/c.ts"], ["src/x/*.ts"])).toBe(
    ["package.json", "src/ (3 files)", "src/x/ (2 files)", "in src/x/: b.ts c.ts"].join("\n"),
  );
});

test("files are counted in their outermost two folders, in whatever order they come", () => {
  const files = ["a/b", "a/c/d", "e", "a/c/f/g", "a/h", "ab/i", "a/c/j"];
  expect(describeLayout(files, [])).toBe(["e", "a/ (5 files)", "a/c/ (3 files)", "ab/ (1 file)"].join("\n"));
});

const diff = [
  "diff --git a/src/a.ts b/src/a.ts",
  "index 1..2 100644",
  "--- a/src/a.ts",
  "+++ b/src/a.ts",
  "@@ -1 +1 @@",
  "-one",
  "+two",
  "diff --git a/gone.ts b/gone.ts",
  "deleted file mode 100644",
  "--- a/gone.ts",
  "+++ /dev/null",
  "@@ -1 +0,0 @@",
  "-+++ b/fake.ts",
  "diff --git a/old name.ts b/new name.ts",
  "similarity index 100%",
  "rename from old name.ts",
  "rename to new name.ts",
  "",
].join("\n");

test("a diff is split by file, whatever its lines pretend to be", () => {
  expect(splitDiff(diff).map(({ file }) => file)).toEqual(["src/a.ts", "gone.ts", "new name.ts"]);
});

test("a big diff is cut by file, and what is left out is said", () => {
  const big = `diff --git a/big.ts b/big.ts\n--- a/big.ts\n+++ b/big.ts\n@@ -0,0 +1,500 @@\n${"+a line of code\n".repeat(500)}`;
  const fitted = fitDiff(big + diff, { perFile: 200, whole: 235 });
  expect(fitted.text).toContain("diff --git a/src/a.ts");
  expect(fitted.leftOut[0]).toBe("big.ts: only its first part is shown (504 lines of diff)");
  expect(fitted.leftOut.at(-1)).toContain("new name.ts: not shown (4 lines");
});
