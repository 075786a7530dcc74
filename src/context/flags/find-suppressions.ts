import { type Change, linesOf } from "./changed-file.ts";
import { type Found, foundAt } from "./finding.ts";

const inComments: readonly [RegExp, string][] = [
  [
    /\b(?:eslint|oxlint|tslint|biome|standard|stylelint)-(?:disable|ignore)\b|\btslint:disable/,
    "a lint rule is switched off here",
  ],
  [/@ts-(?:ignore|nocheck|expect-error)\b/, "the compiler is told to look away"],
  [
    /#\s*(?:noqa|type:\s*ignore|pyright:\s*(?:ignore|basic)|mypy:\s*ignore|ruff:\s*noqa|pylint:\s*disable|nosec)\b/,
    "a checker is told to look away",
  ],
  [/\/\/\s*nolint\b|\bNOSONAR\b|\bnoinspection\b|rubocop:disable/, "a lint rule is switched off here"],
  [/\b(?:istanbul|c8|v8)\s+ignore\b|pragma:\s*no cover/, "code is left out of the coverage"],
];
const inCode: readonly [RegExp, RegExp, string][] = [
  [/\.rs$/, /^\s*#!?\[allow\(/, "a lint rule is switched off here"],
  [/\.(java|kt)$/, /^\s*@(?:file:)?Suppress(?:Warnings)?\b/, "a warning is switched off here"],
  [/\.cs$/, /^\s*#pragma warning disable\b/, "a warning is switched off here"],
];

/** Places where a checker was told to look away, and was not before. */
export function findSuppressions(change: Change): Found[] {
  return change.files
    .filter(({ path }) => !/\.test-d\.[cm]?ts$|\.md$/.test(path))
    .flatMap((file) => {
      const gone = linesOf(change, file, "gone");
      return linesOf(change, file, "fresh").flatMap((line) => {
        const why =
          inComments.find(([pattern]) => pattern.test(line.comment))?.[1] ??
          inCode.find(([path, pattern]) => path.test(file.path) && pattern.test(line.code))?.[2];
        // The same remark on a line that was changed for another reason is not new.
        const mark = directiveOf(line.text);
        const wasThere = gone.some(({ text }) => directiveOf(text) === mark);
        return why === undefined || (mark !== "" && wasThere)
          ? []
          : [foundAt(line, { kind: "suppressed", file: file.path, why })];
      });
    });
}

function directiveOf(text: string): string {
  return (
    /(?:(?:eslint|oxlint|tslint|biome)-\w[\w-]*|@ts-[\w-]+|#\s*(?:noqa|type:\s*ignore|pylint)|\bnolint)\b.*$/
      .exec(text)?.[0]
      .trim() ?? ""
  );
}
