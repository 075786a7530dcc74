import {
  openQuestions,
  type RunState,
  integrationBranch,
  taskBranch,
  uncountedAgents,
  type TaskRecord,
} from "../core/run-state.ts";
import type { Question } from "../core/question.ts";
import { totalTokens } from "../core/usage.ts";
import { nextSteps, ongoing } from "./describe-run.ts";
import { renderJson } from "./json.ts";

type Status = {
  state: RunState;
  startedAt: number;
  since: ReadonlyMap<string, number>;
  /** Question → its answer, where no dispatcher has taken it yet. */
  answered: ReadonlyMap<number, string>;
  dispatcher: { pid: number; since: number; command: string; root: string } | null;
  /** Nothing is left on the integration branch to take: the branch is gone. */
  isTaken: boolean;
  pending: readonly object[];
};

/** `agentx status --json`: one object; docs/cli.md describes it, and keys are only ever added. Times are milliseconds since 1970. */
export function renderStatusJson(status: Status): string {
  const { state, startedAt, since, answered, dispatcher, pending } = status;
  const { run, plan, phase, base, tip, spend, hold, delivery, pullRequest } = state;
  return renderJson({
    run,
    title: plan.title,
    source: plan.source.file,
    phase,
    startedAt,
    dispatcher,
    base,
    integration: { branch: integrationBranch(run), commit: tip },
    tasks: [...state.tasks.values()].map((record) => taskOf(record, { run, since })),
    questions: openQuestions(state).map((question) => questionOf(question, answered)),
    pending,
    hold,
    pauses: [...state.pauses].flatMap(([provider, { until, reason }]) =>
      until === null ? [] : [{ provider, until, reason }],
    ),
    spend: {
      usd: spend.usd,
      budgetUsd: state.budgetUsd,
      calls: spend.calls,
      unpricedCalls: spend.unpricedCalls,
      tokens: totalTokens(spend.usage),
      uncountedAgents: uncountedAgents(state),
    },
    delivery,
    pullRequest,
    next: nextSteps({ ...ongoing(state), ...(status.isTaken && { delivery: null }) }, answered),
  });
}

function taskOf(
  { task, state, attempts, head, spend }: TaskRecord,
  { run, since }: { run: string; since: ReadonlyMap<string, number> },
): object {
  return {
    id: task.id,
    title: task.title,
    role: task.role,
    needs: task.needs,
    state: state.type,
    since: since.get(task.id) ?? null,
    attempts,
    branch: taskBranch(run, task.id),
    head,
    merged: state.type === "merged" ? state.commit : null,
    question: state.type === "blocked" ? state.question : null,
    reason:
      state.type === "failed" ? state.reason : state.type === "skipped" ? `needs ${state.because}` : null,
    usd: spend.usd,
  };
}

/** A question of `status --json` and `questions --json`; `answered` is what no dispatcher has taken yet. */
export function questionOf(question: Question, answered: ReadonlyMap<number, string>): object {
  return { ...question, answered: answered.get(question.id) ?? null };
}
