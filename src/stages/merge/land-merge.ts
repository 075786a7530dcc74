import type { EventBody } from "../../core/event.ts";
import type { MergeJob, MergePorts } from "./prepare-merge.ts";

/**
 * Moves the integration branch from `onto` to `candidate`, once: when it already holds the candidate, this is done.
 * A branch that somebody else moved is `merge.stale`, and the merge is prepared anew.
 */
export async function landMerge(
  { task, integrationRef, candidate, onto }: Omit<MergeJob, "commit"> & { candidate: string; onto: string },
  ports: MergePorts,
): Promise<EventBody[]> {
  const moved = await ports.compareAndSwapRef({ ref: integrationRef, to: candidate, from: onto });
  const tip = await ports.readRef(integrationRef);
  if (tip === null) throw new Error(`${integrationRef} is gone`);
  if (moved || (await ports.isAncestor({ ancestor: candidate, descendant: tip }))) {
    return [{ type: "task.merged", task: task.id, commit: candidate }];
  }
  return [{ type: "merge.stale", task: task.id, tip }];
}
