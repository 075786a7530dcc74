import type { Action } from "../../../src/core/action.ts";
import { applyEvent } from "../../../src/core/apply-event.ts";
import type { EventBody } from "../../../src/core/event.ts";
import { nextActions } from "../../../src/core/next-actions.ts";
import { nextDecisions } from "../../../src/core/next-decisions.ts";
import type { Task } from "../../../src/core/plan.ts";
import { done, runStarted, task } from "../../support/core-run.ts";
import type { Graph } from "./shapes.ts";

const unitMs = 60_000;

/** What the plan says beforehand of how long a node takes, in units; null for nothing. */
export type Guess = (duration: number, node: number) => number | null;

/** A plan in which node `i` is the task `t<i>`. */
export function tasksOf({ needs, durations }: Graph, guess: Guess): Task[] {
  return needs.map((of, node) => {
    const units = guess(durations[node] ?? 0, node);
    return task(`t${node}`, {
      needs: of.map((need) => `t${need}`),
      ...(units === null ? {} : { estimateMs: units * unitMs }),
    });
  });
}

/**
 * The makespan, in units, of the real core: its state, decisions and actions, driven by a clock that jumps from one worker's
 * end to the next. Gates, reviews and merges take no time, and no attempt starts within no time.
 */
export function simulatedRun(graph: Graph, { slots, tasks }: { slots: number; tasks: Task[] }): number {
  const clock = { at: 0 };
  const happens = (bodies: readonly EventBody[]): void => {
    for (const body of bodies) state = applyEvent(state, { ...body, at: clock.at });
  };
  let state = applyEvent(null, { ...runStarted(tasks, { slots }), at: clock.at });
  const ends = new Map<string, number>();
  while (state.phase !== "finished") {
    const decisions = nextDecisions(state, false);
    const starts = decisions.filter((decision) => decision.type === "attempt.started");
    const instant = nextActions(state).find(({ type }) => type !== "work");
    const [task, end] = [...ends].reduce(soonest, ["", Number.POSITIVE_INFINITY]);
    if (decisions.length > starts.length) happens(decisions);
    else if (instant !== undefined) happens(outcomeOf(instant, state.tip));
    else if (starts.length > 0 && end > clock.at) {
      happens(starts);
      for (const start of starts)
        ends.set(start.task, clock.at + unitMs * (graph.durations[Number(start.task.slice(1))] ?? 0));
    } else {
      clock.at = end;
      ends.delete(task);
      happens([done.worked(task)]);
    }
  }
  return clock.at / unitMs;
}

function soonest(a: [string, number], b: [string, number]): [string, number] {
  return b[1] < a[1] ? b : a;
}

function outcomeOf(action: Action, tip: string): EventBody[] {
  switch (action.type) {
    case "gate":
      return [done.gated(action.task)];
    case "review":
      return [done.approved(action.task)];
    case "prepareMerge":
      return [done.prepared(action.task, action.onto ?? tip)];
    case "gateMerge":
      return [done.mergeGated(action.task)];
    case "landMerge":
      return action.merges.map((merge) => done.landed(merge.task));
    case "deliver":
      return [{ type: "run.delivered", delivery: { type: "nothing" }, pullRequest: null }];
    case "work":
    case "runBaseline":
    case "waitForProvider":
      throw new Error(`a simulated run has no ${action.type} to be done at once`);
  }
}
