import { mergesOnto } from "../../core/assignment.ts";
import type { Worktree } from "../../git/worktree.ts";
import type { WorkJob, WorkPorts } from "./work-job.ts";

/**
 * The worktree of this attempt. One that holds work of the same conversation is taken as it is, so nothing that was
 * written is lost over a question, a red gate or a crash. A resolve attempt begins with both sides merged, conflict
 * markers included.
 */
export async function openWorktree(job: WorkJob, ports: WorkPorts): Promise<Worktree> {
  const { worktree: number, branch, base, head, assignment } = job;
  const hasBegun = job.conversation.messages().length > 0;
  const existing = await ports.pool.resume({ number, branch });
  if (existing && hasBegun) return existing;
  const worktree = await ports.pool.lease({ number, branch, commit: head ?? base });
  await ports.copyIncluded(worktree);
  const onto = mergesOnto(assignment);
  // Also where a begun attempt has lost its folder: its commit will claim to hold both sides.
  if (onto !== null && head !== null) {
    const { tree } = await ports.mergeTrees({ ours: onto, theirs: head });
    await ports.pool.checkoutTree(worktree, { tree, head });
  }
  return worktree;
}
