import type { FaultKind, Language } from "./fault.ts";

export type Sort = { kind: FaultKind; language: Language };

const tools: readonly [RegExp, FaultKind, Language][] = [
  [/\b(tsc|vue-tsc|svelte-check|tsgo)\b/, "type error", "script"],
  [/\b(eslint|oxlint|xo|standard|biome (check|lint|ci))\b/, "lint violation", "script"],
  [
    /\bprettier\b.*\s(-c|-l|--check|--list-different)\b|\boxfmt\b.*--check|\bbiome (check|format|ci)\b|\bdprint check\b/,
    "format violation",
    "script",
  ],
  [
    /\b(vitest|jest|mocha|ava|playwright|node (.*\s)?--(experimental-)?test|(bun|deno) test)\b/,
    "failing test",
    "script",
  ],
  [/\b((vite|next|astro|nuxt|parcel) build|webpack|rollup|esbuild|tsup|tsdown)\b/, "build error", "script"],
  [/\b(mypy|pyright|basedpyright)\b/, "type error", "python"],
  [/\b(ruff check|flake8|pylint)\b/, "lint violation", "python"],
  [/\b(ruff format|black)\b.*--(check|diff)\b/, "format violation", "python"],
  [/\b(pytest|unittest|tox|nose2?)\b/, "failing test", "python"],
  [/\bgo (build|vet|install)\b/, "type error", "go"],
  [/\b(golangci-lint|staticcheck)\b/, "lint violation", "go"],
  [/\b(gofmt|gofumpt)\b/, "format violation", "go"],
  [/\bgo test\b/, "failing test", "go"],
  [/\bcargo (build|check)\b/, "type error", "rust"],
  [/\bcargo clippy\b/, "lint violation", "rust"],
  [/\bcargo fmt\b/, "format violation", "rust"],
  [/\bcargo (nextest|test)\b/, "failing test", "rust"],
];

const names: readonly [RegExp, FaultKind][] = [
  [/type|tsc/i, "type error"],
  [/lint/i, "lint violation"],
  [/format|fmt|style/i, "format violation"],
  [/(^|[^a-z])(tests?|specs?|unit|e2e)([^a-z]|$)/i, "failing test"],
  [/build|compile/i, "build error"],
];

/** What a gate is there to find, by the tools that it runs; where it names none, by its own name and the project's languages. */
export function kindsOf(gate: { name: string; text: string }, languages: readonly Language[]): Sort[] {
  const byTool = tools.flatMap(([tool, kind, language]) =>
    tool.test(gate.text) ? [{ kind, language }] : [],
  );
  if (byTool.length > 0) return byTool;
  const kind = names.find(([name]) => name.test(gate.name))?.[1];
  return kind === undefined ? [] : languages.map((language) => ({ kind, language }));
}
