import type { EventBody } from "../../core/event.ts";
import type { MergePorts } from "./prepare-merge.ts";

export type Landing = {
  integrationRef: string;
  /** In the order in which they are stacked; the last one's candidate holds all. */
  merges: readonly { task: string; candidate: string }[];
  onto: string;
};

/**
 * Moves the integration branch from `onto` to the last candidate, once: when it already holds that, this is done.
 * A branch that somebody else moved is `merge.stale`, and the merge is prepared anew.
 */
export async function landMerge(
  { integrationRef, merges, onto }: Landing,
  ports: MergePorts,
): Promise<EventBody[]> {
  const last = merges.at(-1);
  if (last === undefined) return [];
  const { candidate } = last;
  const moved = await ports.compareAndSwapRef({ ref: integrationRef, to: candidate, from: onto });
  const tip = await ports.readTip();
  if (moved || (await ports.isAncestor({ ancestor: candidate, descendant: tip }))) {
    return merges.map((merge) => ({ type: "task.merged", task: merge.task, commit: merge.candidate }));
  }
  return [{ type: "merge.stale", task: last.task, tip }];
}
