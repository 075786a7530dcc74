import { type Change, type ChangedFile, type Line } from "./changed-file.ts";
import { type Found, foundAt } from "./finding.ts";
import { isTestFile } from "./test-files.ts";

const script = /\.([cm]?[jt]sx?|vue|svelte)$/;

type Mark = {
  file: RegExp;
  match: RegExp;
  /** A condition around it makes it no plain skip. */ imperative?: boolean;
};

const skips: readonly Mark[] = [
  {
    file: script,
    match:
      /(?:^|[^\w.])(?:it|test|describe|suite|context|specify|bench)(?:\.\w+)*\.(?:skip|todo|fixme|fails|failing)\b\s*[.(`]/,
  },
  {
    file: script,
    match:
      /(?:^|[^\w.])(?:it|test|describe|suite)\.(?:skipIf\(\s*(?:true|1|!0)|runIf\(\s*(?:false|0|!1))\s*\)/,
  },
  { file: script, match: /(?:^|[^\w.])(?:xit|xtest|xdescribe|xcontext|xspecify)(?:\.each)?\s*[(`]/ },
  { file: script, match: /[{,]\s*(?:skip|todo)\s*:\s*(?:true|["'`])/ },
  { file: script, match: /(?:^|[^\w.])(?:t|ctx|context|this|test)\.(?:skip|todo)\(/, imperative: true },
  {
    file: /\.py$/,
    match: /^\s*@(?:pytest\.mark\.(?:skip|xfail)\b|unittest\.(?:skip|expectedFailure)\b|skip\b)(?!if)/,
  },
  { file: /\.py$/, match: /^\s*@(?:pytest\.mark\.skipif|unittest\.skipIf)\(\s*(?:True|1)\b/ },
  { file: /\.py$/, match: /^\s*pytestmark\s*=\s*.*\bmark\.(?:skip|xfail)\b(?!if)/ },
  {
    file: /\.py$/,
    match: /\b(?:pytest\.(?:skip|xfail)|self\.skipTest)\(|\braise\s+(?:unittest\.)?SkipTest\b/,
    imperative: true,
  },
  { file: /\.go$/, match: /\b[tb]\.Skip(?:Now|f)?\(/, imperative: true },
  { file: /\.rs$/, match: /^\s*#\[ignore\b/ },
  { file: /\.(java|kt)$/, match: /^\s*@(?:Disabled|Ignore)\b/ },
  { file: /\.cs$/, match: /\bSkip\s*=|^\s*\[Ignore\b/ },
  { file: /\.rb$/, match: /^\s*(?:xit|xdescribe|xcontext|pending|skip)\b/ },
  { file: /\.php$/, match: /\$this->markTest(?:Skipped|Incomplete)\(/, imperative: true },
];

const focuses: readonly Mark[] = [
  { file: script, match: /(?:^|[^\w.])(?:it|test|describe|suite|context|specify)(?:\.\w+)*\.only\b\s*[.(`]/ },
  { file: script, match: /(?:^|[^\w.])(?:fit|fdescribe|fcontext)\s*\(/ },
  { file: script, match: /[{,]\s*only\s*:\s*true/ },
  { file: /\.rb$/, match: /^\s*(?:fit|fdescribe|fcontext)\b/ },
];

/** Tests that are switched off, and tests that switch all others off. */
export function findSkips(change: Change): Found[] {
  return change.files
    .filter(({ path, after }) => after !== null && (isTestFile(path) || path.endsWith(".rs")))
    .flatMap((file) => [
      ...find(change, file, { marks: skips, kind: "skipped", why: "a test is switched off" }),
      ...find(change, file, {
        marks: focuses,
        kind: "focused",
        why: "all other tests of the file are switched off",
      }),
    ]);
}

function find(
  change: Change,
  file: ChangedFile,
  { marks, kind, why }: { marks: readonly Mark[]; kind: "skipped" | "focused"; why: string },
): Found[] {
  const own = marks.filter(({ file: pattern }) => pattern.test(file.path));
  const has = (line: Line): boolean =>
    own.some(
      ({ match, imperative }) => match.test(line.code) && !(imperative === true && isConditional(file, line)),
    );
  return file.groups.flatMap(({ gone, fresh }) => {
    // A line that was off before and is only written anew is no news.
    const before = gone.filter(has).length;
    return fresh
      .filter((line) => has(line) && !change.isMoved(line, "fresh"))
      .slice(before)
      .map((line) => foundAt(line, { kind, file: file.path, why }));
  });
}

/** On its own line or the one above there is an `if` about more than a constant. */
function isConditional({ new: lines }: ChangedFile, { number, code }: Line): boolean {
  const above = lines.slice(0, number - 1).findLast((line) => line.code.trim() !== "")?.code ?? "";
  const condition = [code, above].find((text) => /\b(?:if|unless|except|catch)\b|&&|\?/.test(text));
  return condition !== undefined && !/\bif\s*\(?\s*(?:true|True|1|!0)\s*[):{]/.test(condition);
}
