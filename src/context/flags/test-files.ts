import type { Line } from "./changed-file.ts";

const named =
  /(^|\/)(test_[^/]*\.(py|sh)|[^/]*\.bats|[^/]*_test\.(py|sh|go|rb|exs?|dart|c|cc|cpp)|[^/]*[._-](test|tests|spec|specs|e2e|cy|test-d)\.[cm]?[jt]sx?|[^/]*_spec\.rb|[^/]*(Test|Tests|TestCase|IT|Spec)\.(java|kt|kts|cs|swift|scala|php))$/;
const inTestFolder =
  /(^|\/)(tests?|__tests__|specs?|e2e|integration)\/([^/]+\/)*[^/]+\.([cm]?[jt]sx?|py|rs|go|rb|java|kt|cs|php|swift)$/;
const notATest =
  /(^|\/)(fixtures?|__fixtures__|support|helpers?|mocks?|__mocks__|snapshots?|__snapshots__|data|testdata)\//;

export function isTestFile(path: string): boolean {
  return named.test(path) || (inTestFolder.test(path) && !notATest.test(path));
}

/** Loaded by a runner before or around the tests: what ends there, ends all of them. */
export function isTestConfig(path: string): boolean {
  return /(^|\/)((vitest|vite|jest|playwright|cypress|karma|ava|wtr|web-test-runner)[\w.-]*\.config\.[a-z]+|vitest\.workspace\.[a-z]+|\.mocharc[^/]*|(jest|vitest|mocha|test)[._-]?(setup|global)[^/]*\.[cm]?[jt]sx?|setup-?tests?\.[cm]?[jt]sx?|(global|test)-?setup\.[cm]?[jt]sx?|conftest\.py|sitecustomize\.py)$/i.test(
    path,
  );
}

/** One test case as it is declared; its name is null where the code does not say. */
export type TestCase = { line: Line; name: string | null };

const scriptCase =
  /^\s*(?:await\s+)?(?:t\.)?(?:it|test|specify|Deno\.test)(?:\.(?:each|concurrent|sequential|serial|only|skip|todo|fails|failing|for|extend|skipIf|runIf|if))*\s*(?:\(|`|<)/;
const offScriptCase = /^\s*(?:xit|xtest|xspecify|fit|ftest)\s*\(/;
const cases: readonly [RegExp, RegExp, RegExp | null][] = [
  [/\.[cm]?[jt]sx?$|\.vue$/, scriptCase, /\(\s*(["'`])((?:\\.|(?!\1).)*)\1/],
  [/\.[cm]?[jt]sx?$/, offScriptCase, /\(\s*(["'`])((?:\\.|(?!\1).)*)\1/],
  [/\.py$/, /^\s*(?:async\s+)?def\s+test\w*\s*\(/, /def\s+()(test\w*)/],
  [/_test\.go$/, /^func\s+(?:Test|Fuzz|Example)\w*\s*\(/, /func\s+()(\w+)/],
  [/\.rs$/, /^\s*#\[(?:\w+::)?test\b/, null],
  [/\.(java|kt)$/, /^\s*@(?:Test|ParameterizedTest|RepeatedTest)\b/, null],
  [/\.cs$/, /^\s*\[(?:Fact|Theory|Test|TestMethod|TestCase)\b/, null],
  [
    /\.rb$/,
    /^\s*(?:it|specify|test|def test_\w+)\b/,
    /(?:it|specify|test)\s*\(?\s*(["'])((?:\\.|(?!\1).)*)\1|def ()(test_\w+)/,
  ],
  [/\.php$/, /^\s*(?:public\s+)?function\s+test\w*\s*\(/, /function\s+()(test\w*)/],
];

/** Whether a test begins on this line. */
export function declaresTestCase(path: string, { code }: Line): boolean {
  return cases.some(([file, declares]) => file.test(path) && declares.test(code));
}

function testCaseAt(path: string, line: Line, below: () => Line | undefined): TestCase | null {
  for (const [file, declares, names] of cases) {
    if (!file.test(path) || !declares.test(line.code)) continue;
    if (names === null) return { line, name: nameBelow(below()) };
    const found = names.exec(line.text);
    return { line, name: found?.[2] ?? found?.[4] ?? null };
  }
  return null;
}

/** Where an attribute marks the test, the function below it has the name. */
function nameBelow(next: Line | undefined): string | null {
  return /\b(?:fn|void|fun|Task)\s+`?(\w+)/.exec(next?.code ?? "")?.[1] ?? null;
}

export function testCasesIn(path: string, lines: readonly Line[]): TestCase[] {
  if (!cases.some(([file]) => file.test(path))) return [];
  return lines.flatMap((line, at) => testCaseAt(path, line, () => nextCode(lines, at)) ?? []);
}

function nextCode(lines: readonly Line[], at: number): Line | undefined {
  return lines.slice(at + 1, at + 5).find(({ code }) => /\b(fn|void|fun|Task)\s/.test(code));
}

/** A call that can fail a test; a helper named like one counts, since it may well be one. */
export function isAssertion(path: string, { code }: Line): boolean {
  if (path.endsWith(".rs")) return /\b(?:debug_)?assert(?:_\w+)?!|\bpanic!/.test(code);
  if (path.endsWith(".go"))
    return /\b[tb]\.(?:Error|Fatal|Fail)\w*\(|\b(?:assert|require)\.\w+\(|\b(?:assert|expect|check|want)\w*\(/i.test(
      code,
    );
  if (path.endsWith(".py"))
    return /^\s*assert\b|\bself\.(?:assert|fail)\w*\(|\bpytest\.(?:raises|fail|approx|warns)\(|\b\w*(?:assert|expect|verify)\w*\(/.test(
      code,
    );
  return /(?:^|[^\w.])(?:[\w.]*\.)?\w*(?:assert|expect|should|verify)\w*\s*[.(<]|\.should\b|\b(?:t|tap)\.(?:is|not|true|false|deepEqual|equal|ok|same|throws\w*|match\w*|rejects)\(/i.test(
    code,
  );
}
