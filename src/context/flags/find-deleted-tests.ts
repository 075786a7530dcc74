import type { Change, ChangedFile } from "./changed-file.ts";
import { type Found, foundAt } from "./finding.ts";
import { isTestFile, type TestCase, testCasesIn } from "./test-files.ts";

/** Tests that are gone: whole files, and cases out of files that stay. What moved or has a new name is not gone. */
export function findDeletedTests(change: Change): Found[] {
  const { files } = change;
  const arrived = files.flatMap((file) => addedCases(file).map((one) => ({ ...one, file: file.path })));
  const left = [...arrived];
  const found: Found[] = [];
  for (const file of files.filter(({ before }) => before !== null)) {
    const gone = removedCases(file).filter((one) => !takeMatch(left, { ...one, file: file.path }));
    const isGone = file.after === null;
    if (!isTestFile(file.path) && !gone.some(() => file.path.endsWith(".rs"))) continue;
    const total = testCasesIn(file.path, file.old).length;
    if (isGone && (gone.length > 0 || (total === 0 && isNamedTest(file, files)))) {
      const what =
        total === 0
          ? "a test file is deleted"
          : `a test file is deleted, and ${gone.length} of its ${total} tests are nowhere else`;
      found.push({
        kind: "test-deleted",
        file: file.path,
        line: 0,
        quote: "",
        why: what,
        about: file.before ?? "",
      });
    } else if (!isGone) {
      for (const { line } of gone)
        found.push(foundAt(line, { kind: "case-deleted", file: file.path, why: "a test is deleted" }));
    }
  }
  return found;
}

/** A test in a language whose cases are not known here still counts, unless its very text came back elsewhere. */
function isNamedTest({ path, before }: ChangedFile, files: readonly ChangedFile[]): boolean {
  const isMoved = files.some((other) => other.path !== path && other.after === before);
  return (
    !isMoved && (before ?? "").trim() !== "" && /[._-](test|spec)\.[a-z]+$|(^|\/)test_|_test\./.test(path)
  );
}

/** By the whole texts, since a test inside a comment is gone without a change of its lines. */
function removedCases(file: ChangedFile): TestCase[] {
  return casesBeyond(testCasesIn(file.path, file.old), testCasesIn(file.path, file.new));
}

function addedCases(file: ChangedFile): TestCase[] {
  return casesBeyond(testCasesIn(file.path, file.new), testCasesIn(file.path, file.old));
}

/** The cases of one text that the other has not, each name as often as it is there. */
function casesBeyond(cases: readonly TestCase[], others: readonly TestCase[]): TestCase[] {
  const names = others.map(({ name }) => name);
  return cases.filter(({ name }) => {
    const at = names.indexOf(name);
    if (at !== -1) names.splice(at, 1);
    return at === -1;
  });
}

type Placed = TestCase & { file: string };

/** Takes what came in the removed one's place out of the rest: the same name anywhere, or a like one nearby. */
function takeMatch(left: Placed[], gone: Placed): boolean {
  const same = left.findIndex(({ name }) => name !== null && name === gone.name);
  const at = same !== -1 ? same : left.findIndex((one) => one.file === gone.file && isRenamed(gone, one));
  if (at === -1) return false;
  // A table of cases may stand for many.
  const match = left[at];
  if (match !== undefined && !isTable(match)) left.splice(at, 1);
  return true;
}

function isTable({ line }: TestCase): boolean {
  return /\.(?:each|for)\b/.test(line.code);
}

/** Most of the words are the same, or it stands where the other stood. */
function isRenamed(gone: Placed, came: Placed): boolean {
  const distance = Math.abs(gone.line.number - came.line.number);
  if (gone.name === null || came.name === null) return distance <= nearby;
  const a = wordsOf(gone.name);
  const b = wordsOf(came.name);
  const shared = [...a].filter((word) => b.has(word)).length;
  if (isTable(came) && shared > 0) return true;
  return shared / Math.max(1, Math.min(a.size, b.size)) >= 0.5 || distance <= nearby;
}

const nearby = 3;

function wordsOf(name: string): Set<string> {
  return new Set(
    name
      .replace(/([a-z])([A-Z])/g, "$1 $2")
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter((word) => word !== "" && word !== "test"),
  );
}
