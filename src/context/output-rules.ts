/** A line that says what went wrong, and how many of the lines after it belong to it. Blank lines do not count. */
export type OutputRule = {
  /** Who writes such lines. */
  tool: string;
  match: RegExp;
  follow: number;
  /** The first line that belongs no more. */
  stop: RegExp | null;
  /** The line stands under a heading (eslint's file name): the nearest earlier line that matches. */
  heading: RegExp | null;
};

function rule(tool: string, match: RegExp, more: Partial<OutputRule> = {}): OutputRule {
  return { tool, match, follow: 0, stop: null, heading: null, ...more };
}

/** The first rule that matches a line counts. */
export const outputRules: readonly OutputRule[] = [
  rule("agentx", /^agentx: .+ is closed to this sandbox: /),
  rule("tsc", /^\S.*\(\d+,\d+\): error TS\d+/, { follow: 3, stop: /^\S/ }),
  rule("tsc", /:\d+:\d+ - error TS\d+/),
  rule("oxlint", /^\s*[x×!⚠✖]\s+[\w@/-]+\([\w@/-]+\): /, { follow: 4, stop: /^\s*(`|╰)-+|^\s*help:/ }),
  rule("eslint", /^\s+\d+:\d+\s+error\s/, { heading: /^\S*[/\\.]\S*$/ }),
  rule("jest", /^\s*● /, { follow: 16, stop: /^\s*● |^Test Suites:/ }),
  rule("vitest", /^\s*FAIL\s+\S/),
  rule("vitest", /^\s*❯ \S+:\d+:\d+/),
  rule("vitest", /^\s*[-+] (Expected|Received)\b/, { follow: 10, stop: /^\s*(❯|at |\d+\|)/ }),
  rule("node:test", /^\s*test at \S+:\d+:\d+/, { follow: 8, stop: /^\s*(test at |at .*\(node:)/ }),
  rule("node:test", /^\s*✖ (?!failing tests|\d+ problems?)/),
  rule("tap", /^\s*not ok \d+/, { follow: 12, stop: /^\s*(\.\.\.|stack:|ok |not ok |# )/ }),
  rule("mocha", /^\s+\d+\) \S/, { follow: 14, stop: /^\s*([✔✓]|\d+\) |\d+ (passing|failing)|at .*node:)/ }),
  rule("pytest", /^(E\s|>\s{3,}|FAILED |ERROR |_{3,} .+ _{3,}$)/),
  rule("pytest", /^\S+\.py:\d+: /),
  rule("cargo", /^error(\[E\d+\])?: /, { follow: 6, stop: /^(error|warning|help|For more)/ }),
  rule("cargo", /^test .+ \.\.\. FAILED$/),
  rule("cargo", /^thread .+ panicked at /, { follow: 4, stop: /^(stack backtrace|note:|thread )/ }),
  rule("go", /^\s*--- FAIL: /),
  rule("go", /^\s*\S+\.go:\d+(:\d+)?[: ]/),
  rule("go", /^\s+\/\S+\.go:\d+$/),
  rule("go", /^panic: /),
  rule("compilers", /^\S+:\d+:(\d+:)? (fatal )?error\b/, { follow: 2, stop: /^\S+:\d+:/ }),
  rule("a stack trace", /^\s*(Uncaught )?\w*(Error|Exception)\b[^:]*: /, {
    follow: 3,
    stop: /^\s*([-+] (Expected|Received)|❯|⎯|at .*node:)/,
  }),
  rule("a shell", /^(\S*sh|\S*env): .*(not found|No such|Permission denied)/),
  rule("npm and make", /^(npm (ERR!|error) (?!A complete log)\S|make(\[\d+\])?: \*\*\* )/),
  rule("anything", /^\s*(fatal|error|ERROR|FATAL)[: ]/),
];

/** Frames of the tools themselves and of libraries: true, and no help. */
export const outputNoise: RegExp =
  /^\s*(⎯{3,}|at .*(node:|node_modules)|at \/rustc\/|\S*\/(usr\/lib\/go|go\/src)\/)/;
