import fc from "fast-check";
import type { Action } from "../../src/core/action.ts";
import type { EventBody } from "../../src/core/event.ts";
import { nextActions } from "../../src/core/next-actions.ts";
import type { Task } from "../../src/core/plan.ts";
import type { RunSettings } from "../../src/core/run-settings.ts";
import { settlingTasks } from "../../src/core/merge-queue/settling.ts";
import { openQuestions, type RunState } from "../../src/core/run-state.ts";
import { type CoreRun, done, empty, green, red, task } from "./core-run.ts";

/** What could come of an action; `dice` picks. */
function outcomeOf(run: RunState, action: Action, dice: number): EventBody[] {
  switch (action.type) {
    case "runBaseline":
      return [{ type: "baseline.finished", verdicts: [[red, empty, green, green][dice % 4] ?? green] }];
    case "work":
      if (dice % 7 === 0) return [done.asked(action.task)];
      if (dice % 7 === 1)
        return [
          {
            type: "attempt.failed",
            task: action.task,
            failure: { kind: dice % 2 === 0 ? "agent" : "provider", reason: "r", hint: "" },
          },
        ];
      if (dice % 7 === 3 && dice % 2 === 0)
        return [
          { type: "provider.paused", provider: "a", until: 5, reason: "r" },
          { type: "attempt.failed", task: action.task, failure: { kind: "paused", reason: "r", hint: "" } },
        ];
      if (dice % 7 === 2)
        return [{ type: "worker.finished", task: action.task, commit: null, files: [], note: "" }];
      return [done.worked(action.task)];
    case "gate":
      return [
        ...(dice % 3 === 1
          ? [
              done.compared(action.task),
              done.flagged(action.task, { kind: "own-checks", id: `o${dice % 4}` }),
            ]
          : []),
        done.gated(action.task, [[red, empty, green, green][dice % 4] ?? green]),
      ];
    case "review":
      if (dice % 11 === 0) {
        const models = dice % 2 === 0 ? ["a", "b"] : ["b"];
        return models.map((provider) => ({ type: "provider.paused", provider, until: 9, reason: "r" }));
      }
      return [
        ...(dice % 3 === 0 ? [done.flagged(action.task, { id: `f${dice % 5}` })] : []),
        [done.approved, done.rejected, done.noVerdict, done.approved][dice % 4]?.(action.task) ??
          done.approved(action.task),
      ];
    case "prepareMerge":
      if (dice % 4 !== 0) return [done.prepared(action.task, action.onto ?? "tip")];
      if (dice % 8 === 0) {
        const behind = settlingTasks(run).map((other) => other.task);
        return [
          { type: "merge.deferred", task: action.task, behind: behind.filter((id) => id !== action.task) },
        ];
      }
      return action.onto === null
        ? [{ type: "merge.conflicted", task: action.task, files: ["f"], onto: "tip" }]
        : [{ type: "merge.deferred", task: action.task }];
    case "gateMerge": {
      const verdicts = [dice % 3 === 0 ? red : green];
      return [done.mergeGated(action.task, verdicts, action.again ? { again: true } : {})];
    }
    case "landMerge":
      return dice % 5 === 0
        ? [{ type: "merge.stale", task: action.merges.at(-1)?.task ?? "", tip: "moved" }]
        : action.merges.map(({ task: id }) => done.landed(id));
    case "waitForProvider":
      return [{ type: "provider.resumed", provider: action.provider }];
    case "deliver":
      return [{ type: "run.delivered", delivery: { type: "nothing" }, pullRequest: null }];
  }
}

export const anyPlan: fc.Arbitrary<Task[]> = fc.integer({ min: 1, max: 7 }).chain((count) =>
  fc.tuple(
    ...Array.from({ length: count }, (_, index) =>
      fc
        .record({
          needs: fc.subarray(Array.from({ length: index }, (__, need) => `t${need}`)),
          touches: fc.subarray(["src/a.ts", "src/", "docs/x.md"]),
          acceptance: fc.constantFrom<string[][]>([], ["a", "b", "c"]),
          estimateMs: fc.constantFrom(undefined, 500, 5000),
        })
        .map(({ estimateMs, ...fields }) =>
          task(`t${index}`, estimateMs === undefined ? fields : { ...fields, estimateMs }),
        ),
    ),
  ),
);

export const anyGates: RunSettings["gates"] = [
  { name: "test", command: "npm test", timeoutMs: 1, network: false },
];

/** One more step of a run that is not finished: something comes of one of its actions, or the person answers. */
export function playOn(run: CoreRun, roll: () => number): void {
  const actions = nextActions(run.state);
  const [question] = openQuestions(run.state);
  const action = actions[roll() % Math.max(1, actions.length)];
  if (action && (question === undefined || roll() % 2 === 0))
    run.apply(...outcomeOf(run.state, action, roll()));
  else if (question)
    run.apply(done.answered(question.id, ["stop", "merge it", "go on 5", "send it back"][roll() % 4] ?? ""));
  else throw new Error("nothing to do, nothing asked, and not finished");
}
