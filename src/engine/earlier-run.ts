import { integrationBranch, type RunState } from "../core/run-state.ts";
import { isAncestor } from "../git/objects/read-commits.ts";
import { readRef } from "../git/refs/refs.ts";
import { dispatcherStatus } from "../journal/lock.ts";
import { loadRun, readJournalIfAny } from "./load-run.ts";
import type { Workspace } from "./workspace.ts";
import { noFile } from "./write-back.ts";

/**
 * The last run of the same plan file, where it matters for a new one: it is not finished, or what it merged, and ticked
 * in the plan, is not on the branch that the new one would start from.
 */
export type EarlierRun =
  | { type: "unfinished"; run: string }
  | { type: "notTaken"; run: string; command: string };

export async function findEarlierRun(
  workspace: Workspace,
  { file, commit }: { file: string; commit: string },
): Promise<EarlierRun | null> {
  if (noFile.includes(file)) return null;
  // One that is going on refuses a second dispatcher by itself.
  if (dispatcherStatus(workspace.folder).running) return null;
  const state = lastRunOf(workspace, file);
  if (state === null) return null;
  const { run } = state;
  if (state.phase !== "finished") return { type: "unfinished", run };
  const tip = await readRef(workspace.repo, `refs/heads/${integrationBranch(run)}`);
  if (tip === null || state.delivery?.type !== "left") return null;
  const isTaken = await isAncestor(workspace.repo, { ancestor: tip, descendant: commit });
  return isTaken ? null : { type: "notTaken", run, command: state.delivery.command };
}

function lastRunOf(workspace: Workspace, file: string): RunState | null {
  return readJournalIfAny(workspace, (journal) => {
    for (const { run } of journal.runs().toReversed()) {
      const [first] = journal.events(run);
      if (first?.type === "run.started" && first.plan.source.file === file)
        return loadRun(journal, run).state;
    }
    return null;
  });
}
