import { type Change, type ChangedFile, type Line, linesOf } from "./changed-file.ts";
import { type Found, foundAt } from "./finding.ts";

const ciFile =
  /(^|\/)(\.github\/workflows\/[^/]+|\.gitlab-ci\.yml|\.circleci\/[^/]+|azure-pipelines[^/]*\.yml|Jenkinsfile|\.travis\.yml|bitbucket-pipelines\.yml|\.drone\.yml|\.woodpecker[^/]*(\/[^/]+)?|\.buildkite\/.+|\.ci\/.+|\.husky\/[^/]+|lefthook\.ya?ml|\.pre-commit-config\.ya?ml)$/;
const judges =
  /\b(tests?|lint|check|verify|typecheck|tsc|jest|vitest|mocha|pytest|tox|ruff|mypy|eslint|oxlint|clippy|cargo|go vet|audit|codeql|coverage)\b/i;
const step =
  /^\s*(?:-\s*)?(?:run:\s*\S|uses:\s*\S|script:|sh\b|bat\b|-\s*\S)|^\s*(?:npm|npx|pnpm|yarn|make|python|pytest|cargo|go|node|tox)\b/;
const weaker =
  /\bcontinue-on-error:\s*true\b|\ballow_failure:\s*true\b|^\s*if:\s*(?:\$\{\{\s*)?false\b|\|\|\s*(?:true|:|exit 0)\b|;\s*(?:true|exit 0)\s*["']?$|--no-verify\b|\[skip ci\]/;

/** Steps of CI and hooks that were taken out, or may fail now. */
export function findWeakCi(change: Change): Found[] {
  return change.files
    .filter(({ path, before }) => before !== null && ciFile.test(path))
    .flatMap((file) => compare(change, file));
}

function compare(change: Change, file: ChangedFile): Found[] {
  const say = (line: Line, why: string): Found => foundAt(line, { kind: "ci-step", file: file.path, why });
  if (file.after === null) {
    const isMoved = change.files.some(({ path, after }) => path !== file.path && after === file.before);
    return isMoved
      ? []
      : [
          {
            kind: "ci-step",
            file: file.path,
            line: 0,
            quote: "",
            why: "a file of CI or hooks is deleted",
            about: file.before ?? "",
          },
        ];
  }
  const may = linesOf(change, file, "fresh")
    .filter((line) => !/^\s*#/.test(line.text) && weaker.test(line.text))
    .map((line) => say(line, "a step of CI may fail without anybody seeing it"));
  const lost = file.groups.flatMap(({ gone, fresh }) => {
    const isStep = (line: Line): boolean =>
      step.test(line.text) && judges.test(line.text) && !/^\s*#/.test(line.text);
    const left = gone.filter((line) => isStep(line) && !change.isMoved(line, "gone"));
    const came = fresh.filter((line) => step.test(line.code) && !change.isMoved(line, "fresh"));
    return left.slice(came.length).map((line) => say(line, "a step of CI is taken out"));
  });
  return [...may, ...lost];
}
