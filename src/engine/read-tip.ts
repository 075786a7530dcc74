import { AgentxError } from "../core/error.ts";
import { integrationBranch, type RunState } from "../core/run-state.ts";
import { isAncestor } from "../git/objects/read-commits.ts";
import { compareAndSwapRef, readRef } from "../git/refs/refs.ts";
import type { Repository } from "../git/repository.ts";

/**
 * Where the run's integration branch is. One that was deleted is made again where the journal has it; commits that
 * somebody put on it stay.
 * @throws AgentxError INTEGRATION_MOVED when it is without merges that the journal has
 */
export async function readTip(repo: Repository, { run, tip }: RunState): Promise<string> {
  const branch = integrationBranch(run);
  const ref = `refs/heads/${branch}`;
  const at =
    (await readRef(repo, ref)) ?? ((await compareAndSwapRef(repo, { ref, to: tip, from: "" })) ? tip : null);
  if (at === tip || (at !== null && (await isAncestor(repo, { ancestor: tip, descendant: at })))) return at;
  throw new AgentxError("INTEGRATION_MOVED", {
    where: branch,
    what: `somebody moved the branch: ${tip.slice(0, 8)}, which has all that was merged, is not part of it any more`,
    hint: "`agentx doctor --repair` puts it back and keeps where it is now under refs/agentx/rescue/; then `agentx resume`",
  });
}
