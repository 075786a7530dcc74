import { expect, test } from "vitest";
import type { Action } from "../../../src/core/action.ts";
import type { EventBody } from "../../../src/core/event.ts";
import { nextActions } from "../../../src/core/next-actions.ts";
import { settlingTasks } from "../../../src/core/merge-queue/settling.ts";
import { type MergePorts, prepareMerge } from "../../../src/stages/merge/prepare-merge.ts";
import { CoreRun, done, task } from "../../support/core-run.ts";

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `t${index}`);

/**
 * A run of tasks that all change one line, with attempts that see what had landed when they began. A commit's name says what
 * it holds: its own task, and those that had landed.
 */
async function settle(run: CoreRun): Promise<{ attempts: number; asked: number }> {
  const counts = { attempts: 0, asked: 0 };
  const holds = (commit: string): string[] => commit.split("+").filter((id) => id.startsWith("t"));
  const conflicts = ({ ours, theirs }: { ours: string; theirs: string }): boolean =>
    !holds(ours).every((id) => holds(theirs).includes(id)) &&
    !holds(theirs).every((id) => holds(ours).includes(id));
  const ports: Pick<MergePorts, "mergeTrees" | "conflictMatrix" | "commitTree" | "readTip"> = {
    mergeTrees: async (sides) =>
      conflicts(sides)
        ? { type: "conflict", tree: "", files: ["shared"] }
        : { type: "clean", tree: [...new Set([...holds(sides.ours), ...holds(sides.theirs)])].join("+") },
    conflictMatrix: async (pairs) => pairs.map(conflicts),
    commitTree: async ({ tree }) => tree,
    readTip: async () => run.state.tip,
  };
  while (run.state.phase !== "finished" && run.state.questions.size === 0) {
    const actions = nextActions(run.state);
    // A worker takes longer than all else: nobody is done before all that is quick is.
    const quick = actions.find(({ type }) => type !== "work");
    for (const action of quick === undefined ? actions : [quick]) {
      if (action.type === "work") counts.attempts += 1;
      run.apply(...(await outcomeOf(action, { run, ports: ports as MergePorts })));
    }
  }
  counts.asked = run.state.questions.size;
  return counts;
}

async function outcomeOf(
  action: Action,
  { run: { state }, ports }: { run: CoreRun; ports: MergePorts },
): Promise<EventBody[]> {
  const record = "task" in action ? state.tasks.get(action.task) : undefined;
  switch (action.type) {
    case "work":
      return [done.worked(action.task, `${record?.base}+${action.task}`)];
    case "gate":
      return [{ ...done.gated(action.task), commit: action.commit } as EventBody];
    case "review":
      return [{ ...done.approved(action.task), commit: action.commit } as EventBody];
    case "prepareMerge": {
      const settling = settlingTasks(state).filter((other) => other.task !== action.task);
      const about = record?.task ?? task("none");
      return prepareMerge(
        { run: "r1", task: about, commit: action.commit, onto: action.onto, settling },
        ports,
      );
    }
    case "gateMerge":
      return [{ ...done.mergeGated(action.task), commit: action.candidate } as EventBody];
    case "landMerge":
      return action.merges.map((merge) => ({
        type: "task.merged",
        task: merge.task,
        commit: merge.candidate,
      }));
    case "deliver":
      return [{ type: "run.delivered", delivery: { type: "nothing" }, pullRequest: null }];
    case "runBaseline":
    case "waitForProvider":
      throw new Error(`${action.type} is not part of this`);
  }
}

test("of six tasks that change one line each conflict is resolved once, and nobody is asked", async () => {
  const run = new CoreRun(
    names(6).map((id) => task(id)),
    { slots: 6 },
  );
  // All are begun on the same tip; one lands, and five conflict with it.
  expect(await settle(run)).toEqual({ attempts: 11, asked: 0 });
  expect(run.state.landed.map((merge) => merge.task)).toHaveLength(6);
});
