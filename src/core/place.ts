import type { Problem } from "./error.ts";

/** `plan.md:14`, or only `plan.md` where there is no line (0). */
export function placeAt(file: string, line: number): string {
  return line === 0 ? file : `${file}:${line}`;
}

/** Problems of one file in the order of their lines; those without a line come first. */
export function sortByPlace(problems: readonly Problem[], file: string): Problem[] {
  return problems
    .map((problem) => ({ problem, line: lineOf(problem.where, file) }))
    .toSorted((a, b) => a.line - b.line)
    .map(({ problem }) => problem);
}

function lineOf(where: string, file: string): number {
  return where.startsWith(`${file}:`) ? Number.parseInt(where.slice(file.length + 1), 10) || 0 : 0;
}
