import { findFewerTests } from "../context/flags/fewer-tests.ts";
import { ownChecksFlag } from "../context/flags/own-checks.ts";
import type { EventBody } from "../core/event.ts";
import type { GateVerdict } from "../core/verdict.ts";
import type { Flag } from "../core/flag.ts";
import { withoutKnownRed } from "../core/known-red.ts";
import { ownChecks } from "../core/own-checks.ts";
import type { TaskRecord } from "../core/run-state.ts";
import { commitTree } from "../git/objects/commit-tree.ts";
import { overlayTree } from "../git/objects/overlay-tree.ts";
import type { Journal } from "../journal/journal.ts";
import type { PerformContext } from "./dispatcher.ts";
import { baseOf, findChangeFlags } from "./flag-change.ts";
import { lookAtAffected } from "./gates/look-at-affected.ts";
import { gateCommit } from "./perform-gates.ts";
import type { Workshop } from "./workshop.ts";

type TaskGating = { journal: Journal; context: PerformContext; record: TaskRecord; commit: string };

/**
 * The gates on a task's commit as it is, which is what would land. What is green there, with changes of protected files
 * that nobody asked for, is gated once more with those files as the base has them: a change does not make its own judge.
 */
export async function gateTask(shop: Workshop, gating: TaskGating): Promise<EventBody[]> {
  const { journal, context, record, commit } = gating;
  const task = record.task.id;
  const base = baseOf(record, context.state());
  const refused = await lookAtAffected(shop, { journal, context, commit, task, base });
  if (refused.length > 0) {
    return [{ type: "gates.finished", task, commit, on: "task", verdicts: refused, affected: true }];
  }
  const verdicts = await gateCommit(shop, { journal, context, commit, task });
  const finished = { type: "gates.finished", task, commit, on: "task", verdicts } as const;
  const run = context.state();
  if (verdicts.length === 0 || withoutKnownRed(verdicts, run).length > 0) return [finished];
  const { repo } = shop.workspace;
  const range = { from: base, to: commit };
  const flags = [
    ...(await findChangeFlags(repo, { gates: run.settings.gates, range, record })),
    ...(await fewerTests(verdicts, () => gateCommit(shop, { journal, context, commit: base, task }))),
  ];
  const changed = ownChecks(flags, record);
  if (changed.length === 0) return [...flaggedBy(task, commit, flags), finished];
  const files = changed.map(({ file }) => file);
  const tree = await overlayTree(repo, { commit, base, paths: files });
  const judged = await commitTree(repo, {
    tree,
    parents: [base],
    message: `${task}, judged by the base's checks`,
  });
  const said = await gateCommit(shop, { journal, context, commit: judged, task });
  const red = withoutKnownRed(said, context.state());
  return [
    { type: "gates.compared", task, commit, base, files, verdicts: said },
    ...flaggedBy(task, commit, [...(red.length > 0 ? [ownChecksFlag(changed, red)] : []), ...flags]),
    finished,
  ];
}

/** From the cache: what the base is has been gated, as the run's base or as what was landed. */
async function fewerTests(
  verdicts: readonly GateVerdict[],
  gateBase: () => Promise<GateVerdict[]>,
): Promise<Flag[]> {
  const isCounted = verdicts.some((verdict) => verdict.type === "passed" && verdict.tests !== undefined);
  return isCounted ? findFewerTests(verdicts, await gateBase()) : [];
}

function flaggedBy(task: string, commit: string, flags: Flag[]): EventBody[] {
  return flags.length === 0 ? [] : [{ type: "change.flagged", task, commit, flags }];
}
