import {
  openQuestions,
  type RunState,
  integrationBranch,
  taskBranch,
  type TaskRecord,
} from "../core/run-state.ts";
import { totalTokens } from "../core/usage.ts";
import { nextSteps } from "./describe-run.ts";
import { renderJson } from "./json.ts";

type Status = {
  state: RunState;
  startedAt: number;
  since: ReadonlyMap<string, number>;
  dispatcher: { pid: number; since: number; command: string } | null;
  pending: readonly object[];
};

/** `agentx status --json`: one object; docs/cli.md describes it, and keys are only ever added. Times are milliseconds since 1970. */
export function renderStatusJson({ state, startedAt, since, dispatcher, pending }: Status): string {
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
    questions: openQuestions(state),
    pending,
    hold,
    spend: {
      usd: spend.usd,
      budgetUsd: state.budgetUsd,
      calls: spend.calls,
      unpricedCalls: spend.unpricedCalls,
      tokens: totalTokens(spend.usage),
    },
    delivery,
    pullRequest,
    next: nextSteps(state),
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
