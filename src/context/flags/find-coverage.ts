import { type Change, type Line, linesOf } from "./changed-file.ts";
import { type Found, foundAt } from "./finding.ts";

const config =
  /(^|\/)((vitest|vite|jest|karma)[\w.-]*\.config\.[a-z]+|\.nycrc[^/]*|\.c8rc[^/]*|package\.json|pyproject\.toml|setup\.cfg|\.coveragerc|tox\.ini|\.?codecov\.ya?ml|pytest\.ini)$/;
const threshold =
  /["']?(branches|functions|lines|statements|fail_under|target|threshold|global|perFile|check-coverage|--cov-fail-under|--(?:lines|branches|functions|statements))["']?\s*[:=\s]\s*(\d+(?:\.\d+)?)\s*%?/g;

/** Thresholds of coverage that are lower than they were, or gone. */
export function findLoweredCoverage(change: Change): Found[] {
  return change.files
    .filter(({ path, before, after }) => before !== null && after !== null && config.test(path))
    .flatMap((file) => {
      const [gone, fresh] = [linesOf(change, file, "gone"), linesOf(change, file, "fresh")];
      return gone.flatMap((line) => {
        const lower = thresholdsIn(line).filter(([name, was]) => (levelIn(fresh, name) ?? 0) < was);
        const [first] = lower;
        if (first === undefined) return [];
        const [name, was] = first;
        const now = levelIn(fresh, name);
        const why = `the coverage wanted for ${name} is ${now === null ? "taken out" : `lowered from ${was} to ${now}`}`;
        const at = fresh.find((one) => thresholdsIn(one).some(([other]) => other === name)) ?? line;
        return [foundAt(at, { kind: "coverage-lowered", file: file.path, why })];
      });
    });
}

function thresholdsIn({ text }: Line): [string, number][] {
  return [...text.matchAll(threshold)].map(([, name = "", level = "0"]) => [
    name.replace(/^--/, ""),
    Number(level),
  ]);
}

function levelIn(lines: readonly Line[], name: string): number | null {
  return lines.flatMap(thresholdsIn).find(([other]) => other === name)?.[1] ?? null;
}
