import { join } from "node:path";
import type { RunState } from "../core/run-state.ts";
import { removeTree } from "../sys/remove-tree.ts";
import type { RunWatch } from "./run-watch.ts";
import type { Workspace } from "./workspace.ts";
import { writeBack } from "./write-back.ts";

/** What goes on behind the run when tasks have ended well. */
export type FollowUp = {
  /** Ticks all that has ended well in the plan, and removes the guests' HOMEs of the tasks named. May be repeated. */
  after: (state: RunState, ended: readonly string[]) => void;
  /** @throws what went wrong meanwhile: told where it is waited for, before the delivery and at the end */
  done: () => Promise<void>;
};

/**
 * One after the other: two would write the plan's file side by side. What comes while one is at work is done together, since
 * a tick looks at the whole plan, and a thousand tasks should not make a thousand such looks.
 */
export function followUp(workspace: Workspace, log: RunWatch["log"]): FollowUp {
  let waiting: { state: RunState; ended: string[] } | null = null;
  let going = Promise.resolve();
  const catchUp = async (): Promise<void> => {
    if (waiting === null) return;
    const { state, ended } = waiting;
    waiting = null;
    await writeBack(workspace, state, log);
    for (const task of ended) await removeTree(join(workspace.home, "agents", state.run, task));
  };
  return {
    after: (state, ended) => {
      waiting = { state, ended: [...(waiting?.ended ?? []), ...ended] };
      going = going.then(catchUp);
      going.catch(() => {});
    },
    done: () => going,
  };
}
