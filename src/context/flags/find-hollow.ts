import { type Change, type Line, linesOf } from "./changed-file.ts";
import { type Found, foundAt } from "./finding.ts";
import { isAssertion, isTestFile, declaresTestCase } from "./test-files.ts";

const hollow =
  /\bexpect\(\s*(true|false|1|0|null|undefined)\s*\)\s*\.\s*to(?:Be|Equal|StrictEqual)\(\s*\1\s*\)|\bexpect\(\s*true\s*\)\.toBeTruthy\(\)|\bassert(?:\.ok)?\(\s*(?:true|1)\s*[,)]|\bassert\.(?:strictE|e)qual\(\s*(\w+)\s*,\s*\2\s*[,)]|^\s*assert\s+(?:True|1)\s*(?:,|$)|\bself\.assertTrue\(\s*True\s*\)|\bassert!\(\s*true\s*\)|\bassert_eq!\(\s*(\w+)\s*,\s*\3\s*\)/;

/** Tests that check less than before: assertions that went with nothing in their place, and ones that can not fail. */
export function findHollow(change: Change): Found[] {
  return change.files
    .filter(({ path }) => isTestFile(path))
    .flatMap((file) => {
      const { path } = file;
      const counts = (side: "gone" | "fresh"): number =>
        linesOf(change, file, side).filter((line) => isAssertion(path, line)).length;
      const isNew = (line: Line): boolean => !change.isMoved(line, "fresh");
      const empty = file.groups
        .flatMap(({ fresh }) => fresh)
        .filter((line) => isNew(line) && hollow.test(line.code))
        .map((line) =>
          foundAt(line, { kind: "assertion-hollow", file: path, why: "an assertion that can not fail" }),
        );
      if (file.after === null || counts("gone") <= counts("fresh")) return empty;
      const lost = file.groups.flatMap(({ gone, fresh }) => {
        // A test that is deleted with its assertions is said by itself.
        const isWhole = gone.some((line) => declaresTestCase(path, line));
        if (isWhole || fresh.some((line) => isAssertion(path, line))) return [];
        return gone
          .filter((line) => isAssertion(path, line) && !change.isMoved(line, "gone"))
          .slice(0, 1)
          .map((line) =>
            foundAt(line, {
              kind: "assertions-removed",
              file: path,
              why: "what it checked is checked no more",
            }),
          );
      });
      return [...empty, ...lost];
    });
}
