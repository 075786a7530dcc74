import { type Change, type ChangedFile, type Line, linesOf } from "./changed-file.ts";
import { type Found, foundAt } from "./finding.ts";

const lintConfig =
  /(^|\/)(\.?eslint(rc)?[^/]*|eslint\.config\.[a-z]+|\.oxlintrc[^/]*|oxlint\.config\.[a-z]+|biome\.jsonc?|\.?stylelint[^/]*|ruff\.toml|\.ruff\.toml|\.flake8|\.pylintrc|\.golangci\.ya?ml|clippy\.toml|\.rubocop\.yml|tslint\.json)$/;
const ignoreFile = /(^|\/)\.(eslint|oxlint|stylelint|biome)ignore$/;
const maybeLint = /(^|\/)(package\.json|pyproject\.toml|setup\.cfg|tox\.ini|Cargo\.toml)$/;

const rule =
  /["'`]?([@\w][\w@/-]*)["'`]?\s*:\s*\[?\s*["'`]?(off|warn|warning|info|error|deny|[012])["'`]?(?![\w.])/g;
const weights: Readonly<Record<string, number>> = {
  off: 0,
  "0": 0,
  info: 1,
  warn: 1,
  warning: 1,
  "1": 1,
  error: 2,
  deny: 2,
  "2": 2,
};
const list =
  /^\s*["']?(?:(?:extend-)?(?:per-file-)?ignores?|disable|ignorePatterns|ignore_patterns|exclude|skip)["']?\s*[:=]\s*\[?(.+)$/;

/** Lint rules that were turned off or down, and files that were taken out of the linter's sight. */
export function findLoosenedLint(change: Change): Found[] {
  return change.files.flatMap((file) => {
    if (file.before === null || file.after === null) return [];
    const why = "files are taken out of the linter's sight";
    if (ignoreFile.test(file.path))
      return linesOf(change, file, "fresh")
        .filter(({ text }) => !/^\s*[#!]/.test(text))
        .map((line) => foundAt(line, { kind: "lint-loosened", file: file.path, why }));
    if (lintConfig.test(file.path)) return [...compareRules(change, file), ...compareLists(change, file)];
    return maybeLint.test(file.path) && !file.path.endsWith("package.json") ? compareLists(change, file) : [];
  });
}

function compareRules(change: Change, file: ChangedFile): Found[] {
  const [gone, fresh] = [linesOf(change, file, "gone"), linesOf(change, file, "fresh")];
  const was = new Map(gone.flatMap(rulesIn));
  const is = new Map(fresh.flatMap(rulesIn));
  const say = (line: Line, why: string): Found =>
    foundAt(line, { kind: "lint-loosened", file: file.path, why });
  const turned = fresh.flatMap((line) =>
    rulesIn(line)
      .filter(([name, weight]) => weight < (was.get(name) ?? (weight === 0 ? 2 : 0)))
      .slice(0, 1)
      .map(([name, weight]) => say(line, `the lint rule ${name} is turned ${weight === 0 ? "off" : "down"}`)),
  );
  // A rule may be said in more words than one line shows, so only a name that is nowhere any more is lost.
  const lost = gone.flatMap((line) =>
    rulesIn(line)
      .filter(([name, weight]) => weight > 0 && !is.has(name) && !(file.after ?? "").includes(name))
      .slice(0, 1)
      .map(([name]) => say(line, `the lint rule ${name} is taken out`)),
  );
  return [...turned, ...lost];
}

function rulesIn({ text, comment }: Line): [string, number][] {
  if (comment.trim() !== "" && comment.trim() === text.trim()) return [];
  return [...text.matchAll(rule)].flatMap(([, name = "", level = ""]) => {
    const weight = weights[level];
    return weight === undefined || notRules.test(name) ? [] : [[name, weight]];
  });
}

const notRules =
  /^(version|ecmaVersion|max|min|indent|tabWidth|lines|statements|branches|functions|level|reportUnusedDisableDirectives|line-length)$/;

/** A list of what is not looked at that has more in it than before. */
function compareLists(change: Change, file: ChangedFile): Found[] {
  const gone = linesOf(change, file, "gone");
  return linesOf(change, file, "fresh").flatMap((line) => {
    const entries = entriesOf(line.text);
    if (entries === null) return [];
    const before = gone.map(({ text }) => entriesOf(text)).find((found) => found !== null) ?? [];
    const more = entries.filter(
      (entry) => !before.includes(entry) && !/node_modules|dist|build|coverage|\.venv/.test(entry),
    );
    const why = "the checker is told to leave out more than before";
    return more.length === 0 ? [] : [foundAt(line, { kind: "lint-loosened", file: file.path, why })];
  });
}

function entriesOf(text: string): string[] | null {
  const found = list.exec(text);
  return found === null ? null : [...(found[1] ?? "").matchAll(/[\w@./*-]+/g)].map(([entry]) => entry);
}
