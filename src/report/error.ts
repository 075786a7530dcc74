import type { AgentxError, Problem } from "../core/error.ts";
import { plainLine, plainText } from "../core/plain-text.ts";
import { type Paint, createPaint } from "./paint.ts";

/** An expected failure as text: its code, every problem with its place, and what to do next. Not cut: it is copied and searched. */
export function renderError(error: AgentxError, { colors }: { colors: boolean }): string {
  const paint = createPaint(colors);
  const [first, ...rest] = error.problems;
  const code = `${paint.bad("error")} ${paint.quiet(plainLine(error.code))}`;
  if (first !== undefined && rest.length === 0)
    return [`${code} ${renderProblem(first, paint)}`, ...renderHint(first, "  ")].join("\n");
  const list = error.problems.flatMap((problem) => [
    `  ${renderProblem(problem, paint)}`,
    ...renderHint(problem, "    "),
  ]);
  return [`${code} ${error.problems.length} problems`, ...list].join("\n");
}

function renderProblem({ where, what }: Problem, paint: Paint): string {
  const text = plainText(what).trim().replaceAll("\n", "\n    ");
  return where === "" ? text : `${paint.strong(`${plainLine(where)}:`)} ${text}`;
}

function renderHint({ hint }: Problem, indent: string): string[] {
  const text = plainText(hint).trim();
  return text === "" ? [] : text.split("\n").map((line) => indent + line);
}
