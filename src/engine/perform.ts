import type { Action } from "../core/action.ts";
import { settlingTasks } from "../core/merge-queue/settling.ts";
import { integrationBranch, type RunState, type TaskRecord } from "../core/run-state.ts";
import { mergeTrees } from "../git/delivery/merge-trees.ts";
import { commitTree } from "../git/objects/commit-tree.ts";
import { isAncestor } from "../git/objects/read-commits.ts";
import { compareAndSwapRef } from "../git/refs/refs.ts";
import { conflictMatrix } from "../git/delivery/conflict-matrix.ts";
import type { Repository } from "../git/repository.ts";
import type { Journal } from "../journal/journal.ts";
import { landMerge } from "../stages/merge/land-merge.ts";
import { type MergePorts, prepareMerge } from "../stages/merge/prepare-merge.ts";
import type { Perform } from "./dispatcher.ts";
import { gateTask } from "./gate-task.ts";
import { performDeliver } from "./perform-deliver.ts";
import { gateCommit } from "./perform-gates.ts";
import { performReview } from "./perform-review.ts";
import { performWork } from "./perform-work.ts";
import { readTip } from "./read-tip.ts";
import { waitUntil } from "./wait-until.ts";
import type { Workshop } from "./workshop.ts";

/** Hands each action to its stage, with what that stage needs to know of the run. */
export function createPerform(shop: Workshop, journal: Journal): Perform {
  const { repo } = shop.workspace;
  return async (action, context) => {
    const state = context.state();
    const { run } = state;
    const integrationRef = `refs/heads/${integrationBranch(run)}`;
    const merge = mergePorts(repo, () => context.state());
    switch (action.type) {
      case "runBaseline":
        return [
          {
            type: "baseline.finished",
            verdicts: await gateCommit(shop, { journal, context, commit: action.commit, task: null }),
          },
        ];
      case "work":
        return performWork({ shop, journal, context, record: recordOf(state, action) });
      case "gate":
        return gateTask(shop, { journal, context, record: recordOf(state, action), commit: action.commit });
      case "review":
        return performReview({
          shop,
          journal,
          context,
          record: recordOf(state, action),
          commit: action.commit,
        });
      case "prepareMerge": {
        const { task } = recordOf(state, action);
        const settling = settlingTasks(state).filter((other) => other.task !== task.id);
        return prepareMerge({ run, task, commit: action.commit, onto: action.onto, settling }, merge);
      }
      case "gateMerge": {
        const { task, candidate: commit, again } = action;
        const verdicts = await gateCommit(shop, { journal, context, commit, task, again });
        const once = { type: "gates.finished", task, commit, on: "merge", verdicts } as const;
        return [again ? { ...once, again } : once];
      }
      case "landMerge":
        return landMerge({ integrationRef, merges: action.merges, onto: action.onto }, merge);
      case "waitForProvider":
        await waitUntil(action.until, context);
        return [{ type: "provider.resumed", provider: action.provider }];
      case "deliver":
        return performDeliver(shop, state);
    }
  };
}

function recordOf(state: RunState, action: Action & { task: string }): TaskRecord {
  const record = state.tasks.get(action.task);
  if (!record) throw new Error(`${action.type} names the task "${action.task}", which the run does not have`);
  return record;
}

function mergePorts(repo: Repository, state: () => RunState): MergePorts {
  return {
    mergeTrees: (sides) => mergeTrees(repo, sides),
    conflictMatrix: (pairs) => conflictMatrix(repo, pairs),
    commitTree: (commit) => commitTree(repo, commit),
    readTip: () => readTip(repo, state()),
    compareAndSwapRef: (swap) => compareAndSwapRef(repo, swap),
    isAncestor: (pair) => isAncestor(repo, pair),
  };
}
