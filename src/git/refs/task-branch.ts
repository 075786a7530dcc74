import { AgentxError } from "../../core/error.ts";
import { isAncestor } from "../objects/read-commits.ts";
import { compareAndSwapRef, readRef } from "./refs.ts";
import type { Repository } from "../repository.ts";
import { saveRescue } from "./rescue.ts";

export type Placed = {
  commit: string;
  /** The ref that keeps the old tip where the branch had to leave it. */
  rescued: string[];
};

/**
 * Puts a task's branch at a commit. Work that is already there stays when it builds on that commit (unless `exactly`
 * is asked for), and is otherwise saved under a rescue ref first.
 * @throws AgentxError BRANCH_MOVED when somebody else moves it at the same time.
 */
export async function placeBranch(
  repo: Repository,
  place: { branch: string; commit: string; exactly: boolean; at: number },
): Promise<Placed> {
  const { branch, commit } = place;
  const ref = `refs/heads/${branch}`;
  const tip = await readRef(repo, ref);
  const rescued: string[] = [];
  if (tip === commit) return { commit, rescued };
  if (tip !== null) {
    const builds = await isAncestor(repo, { ancestor: commit, descendant: tip });
    if (builds && !place.exactly) return { commit: tip, rescued };
    if (builds || !(await isAncestor(repo, { ancestor: tip, descendant: commit }))) {
      rescued.push(await saveRescue(repo, { commit: tip, name: branch, at: place.at }));
    }
  }
  if (!(await compareAndSwapRef(repo, { ref, to: commit, from: tip ?? "" }))) throw branchMoved(branch);
  return { commit, rescued };
}

export function branchMoved(branch: string): AgentxError {
  return new AgentxError("BRANCH_MOVED", {
    where: branch,
    what: "somebody moved the branch while agentx worked on it",
    hint: "leave the agentx/ branches of a run alone until it has ended",
  });
}
