import { type Change, linesOf } from "./changed-file.ts";
import { type Found, foundAt } from "./finding.ts";
import { isTestConfig, isTestFile } from "./test-files.ts";

const exits =
  /\bprocess\.(?:exit\(\s*0?\s*\)|reallyExit\(\s*0?\s*\)|exitCode\s*=\s*0\b)|\b(?:sys|os)\._?exit\(\s*0?\s*\)|\bos\.Exit\(\s*0\s*\)|\bprocess::exit\(\s*0\s*\)|\bDeno\.exit\(\s*0?\s*\)|\bSystem\.exit\(\s*0\s*\)|\bpytest\.exit\([^)]*returncode\s*=\s*0|\bprocess\.kill\(\s*process\.pid/;

/** Tests or their set-up that end the whole process as if all were well. */
export function findEarlyExits(change: Change): Found[] {
  return change.files
    .filter(({ path }) => isTestFile(path) || isTestConfig(path))
    .flatMap((file) =>
      linesOf(change, file, "fresh")
        .filter(({ code }) => exits.test(code))
        .map((line) =>
          foundAt(line, {
            kind: "early-exit",
            file: file.path,
            why: "it ends the tests as if all were well",
          }),
        ),
    );
}
