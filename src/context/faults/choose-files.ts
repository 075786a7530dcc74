import { isTestFile } from "../flags/test-files.ts";
import type { FaultKind, Language } from "./fault.ts";

const sources: Readonly<Record<Language, RegExp>> = {
  script: /\.[cm]?[jt]sx?$/,
  python: /\.py$/,
  go: /\.go$/,
  rust: /\.rs$/,
};
const typed = /(?<!\.d)\.[cm]?tsx?$/;
const noSource =
  /(^|\/)(node_modules|vendor|dist|build|out|coverage|target|fixtures?|__fixtures__|testdata|migrations)\/|(^|\/)[^/]*\.(config|conf|setup|min|d|generated|gen|pb)\.[^/]+$/;

export function languagesIn(files: readonly string[]): Language[] {
  return (["script", "python", "go", "rust"] as const).filter((language) =>
    files.some((file) => sources[language].test(file) && !noSource.test(file)),
  );
}

const most = 3;

/** Files that the gate most likely covers, at most three from places far apart: a fault that one misses, another shows. */
export function chooseFiles(
  files: readonly string[],
  { kind, language }: { kind: FaultKind; language: Language },
): string[] {
  const own = files.filter((file) => sources[language].test(file) && !noSource.test(file));
  const isTest = (file: string): boolean =>
    isTestFile(file) || (language === "rust" && /(^|\/)(lib|main)\.rs$/.test(file));
  const fit = own.filter((file) => (kind === "failing test" ? isTest(file) : !isTestFile(file)));
  const withTypes = fit.filter((file) => typed.test(file));
  const usesTypes = kind === "type error" && language === "script" && withTypes.length > 0;
  const all = (usesTypes ? withTypes : fit).toSorted((a, b) => weigh(a) - weigh(b) || (a < b ? -1 : 1));
  return [...new Set([all[0], all.at(-1), all[Math.floor(all.length / 2)]])]
    .filter((file) => file !== undefined)
    .slice(0, most);
}

/** What a compiler or bundler starts from comes first. */
function weigh(file: string): number {
  const isEntry = /(^|\/)(index|main|app|lib|mod|__init__)\.\w+$/.test(file);
  const isSource = /^(src|lib|app|source)\//.test(file);
  return file.split("/").length + (isSource ? 0 : 4) - (isEntry ? 2 : 0);
}
