import type { EventBody } from "../../core/event.ts";
import type { Task } from "../../core/plan.ts";
import type { MergePorts } from "./prepare-merge.ts";

type Landing = { task: Task; integrationRef: string; candidate: string; onto: string };

/**
 * Moves the integration branch from `onto` to `candidate`, once: when it already holds the candidate, this is done.
 * A branch that somebody else moved is `merge.stale`, and the merge is prepared anew.
 */
export async function landMerge(
  { task, integrationRef, candidate, onto }: Landing,
  ports: MergePorts,
): Promise<EventBody[]> {
  const moved = await ports.compareAndSwapRef({ ref: integrationRef, to: candidate, from: onto });
  const tip = await ports.readTip();
  if (moved || (await ports.isAncestor({ ancestor: candidate, descendant: tip }))) {
    return [{ type: "task.merged", task: task.id, commit: candidate }];
  }
  return [{ type: "merge.stale", task: task.id, tip }];
}
