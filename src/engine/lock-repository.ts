import { join } from "node:path";
import {
  acquireDispatcherLock,
  type DispatcherStatus,
  dispatcherStatus,
  type Lock,
  refuseBesideDispatcher,
} from "../journal/lock.ts";
import { untilOrphansEnd } from "../git/processes/orphans.ts";
import type { Workspace } from "./workspace.ts";

type Held = Pick<Workspace, "folder" | "repo">;

/**
 * One dispatcher a repository, however many checkouts it has: they share refs, and git's lists of worktrees. The checkout's
 * own lock says besides who works on the runs of its journal.
 * @throws AgentxError DISPATCHER_RUNNING naming the holder
 */
export function lockRepository({ folder, repo }: Held, self: { since: number; command: string }): Lock {
  const dispatcher = { ...self, pid: process.pid, root: repo.root };
  const shared = acquireDispatcherLock({ folder: sharedFolder(repo), ...dispatcher });
  try {
    const own = acquireDispatcherLock({ folder, ...dispatcher });
    const release = (): void => {
      own.release();
      shared.release();
    };
    return { isHeld: () => own.isHeld() && shared.isHeld(), release, [Symbol.dispose]: release };
  } catch (error) {
    shared.release();
    throw error;
  }
}

/** Before a planner is paid for a run that could not start. @throws AgentxError DISPATCHER_RUNNING naming the holder */
export function requireUnlocked({ folder, repo }: Held): void {
  for (const place of [sharedFolder(repo), folder]) refuseBesideDispatcher(place);
}

/** For whoever holds the lock, before it touches anything: git that has outlived a killed holder may still write. */
export async function untilGitIsDone({ repo, home }: Pick<Workspace, "repo" | "home">): Promise<void> {
  await untilOrphansEnd([repo.root, repo.commonDir, home]);
}

/** Who dispatches in the repository, from whichever checkout. */
export function whoHolds({ repo }: Pick<Held, "repo">): DispatcherStatus {
  return dispatcherStatus(sharedFolder(repo));
}

/** In the git folder that all checkouts have in common. */
function sharedFolder({ commonDir }: Held["repo"]): string {
  return join(commonDir, "agentx");
}
