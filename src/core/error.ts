/** What went wrong, where, and what to do next. */
export type Problem = {
  /** `plan.md:14`, `agentx.yaml`, `gates.test`; empty when there is no place. */
  where: string;
  what: string;
  /** The next step for the person; empty when `what` already says it. */
  hint: string;
};

/** Documented in docs/cli.md; nothing else is ever returned. */
export const exitCodes = {
  allMerged: 0,
  someNotMerged: 1,
  usage: 2,
  waitingForAnswers: 3,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/**
 * An expected failure that ends a command. `code` is stable and greppable,
 * `problems` holds every finding at once, `exitCode` is 2 unless said otherwise.
 */
export class AgentxError extends Error {
  readonly code: string;
  readonly problems: readonly Problem[];
  readonly exitCode: ExitCode;

  constructor(code: string, problems: Problem | readonly Problem[], exitCode: ExitCode = exitCodes.usage) {
    const list: readonly Problem[] = "what" in problems ? [problems] : problems;
    super(list.map(formatProblem).join("\n"));
    this.name = "AgentxError";
    this.code = code;
    this.problems = list;
    this.exitCode = exitCode;
  }
}

/** `where: what` and the hint on the next line, indented. */
export function formatProblem({ where, what, hint }: Problem): string {
  const line = where === "" ? what : `${where}: ${what}`;
  return hint === "" ? line : `${line}\n  ${hint}`;
}
