import type { Action } from "../../../src/core/action.ts";
import type { EventBody } from "../../../src/core/event.ts";
import { nextActions } from "../../../src/core/next-actions.ts";
import type { ReviewVerdict } from "../../../src/core/verdict.ts";
import { CoreRun, green, task } from "../../support/core-run.ts";

const slots = 8;
const calls = 4;
const usage = { inputTokens: 1, cacheReadTokens: 1, cacheWriteTokens: 1, outputTokens: 1 };

/**
 * Plays a run of so many independent tasks to its end, as the dispatcher's loop does it and with nothing around it: eleven
 * events a task, and after each what follows from it and what should be going on.
 */
export function playCore(tasks: number): void {
  const run = new CoreRun(
    Array.from({ length: tasks }, (_, index) => task(`t${index}`)),
    { slots },
  );
  for (let [action] = nextActions(run.state); action !== undefined; [action] = nextActions(run.state)) {
    if (action.type === "deliver") return;
    for (const event of outcomeOf(action)) {
      run.apply(event);
      nextActions(run.state);
    }
  }
  throw new Error("a run of green tasks stopped before its delivery");
}

function outcomeOf(action: Action): EventBody[] {
  switch (action.type) {
    case "work": {
      const { task: id } = action;
      const called = { type: "model.called", task: id, role: "implement", model: "a/i", usage } as const;
      return [
        ...Array.from({ length: calls }, () => ({ ...called, usd: 0.02, ms: 1 })),
        { type: "worker.finished", task: id, commit: `c-${id}`, files: ["a"], note: "" },
      ];
    }
    case "gate":
      return [gated(action.task, { commit: action.commit, on: "task" })];
    case "review": {
      const verdict: ReviewVerdict = { type: "approved", findings: [], summary: "" };
      const { task: id, commit } = action;
      return [{ type: "review.finished", task: id, commit, model: "b/v", sameModel: false, verdict }];
    }
    case "prepareMerge": {
      const { task: id, onto } = action;
      return [{ type: "merge.prepared", task: id, candidate: `m-${id}`, onto: onto ?? "tip" }];
    }
    case "gateMerge":
      return [gated(action.task, { commit: action.candidate, on: "merge" })];
    case "landMerge":
      return action.merges.map(({ task: id, candidate }) => ({
        type: "task.merged",
        task: id,
        commit: candidate,
      }));
    case "runBaseline":
    case "waitForProvider":
    case "deliver":
      throw new Error(`a run of green tasks does not ${action.type}`);
  }
}

function gated(task: string, about: { commit: string; on: "task" | "merge" }): EventBody {
  return { type: "gates.finished", task, verdicts: [green], ...about };
}
