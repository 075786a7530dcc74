import { worktreesAhead } from "../core/free-worktrees.ts";
import type { RunState } from "../core/run-state.ts";
import type { WorktreePool } from "../git/worktrees/worktree-pool.ts";
import type { RunWatch } from "./run-watch.ts";

/** Makes worktrees before their tasks start. One that is never asked for is there for the next run, and goes with `agentx clean`. */
export type Ahead = {
  /** Begins what this state has use for, and returns at once. */
  prepare: (state: RunState) => void;
  stop: () => Promise<void>;
};

export function prepareAhead(
  pool: Pick<WorktreePool, "prepare" | "stopPreparing">,
  log: RunWatch["log"],
): Ahead {
  const asked = new Set<number>();
  return {
    prepare: (state) => {
      for (const number of worktreesAhead(state)) {
        if (asked.has(number)) continue;
        asked.add(number);
        pool.prepare({ number, commit: state.tip }).catch((error: unknown) => {
          // Whoever leases it makes it then, or meets the same trouble where it can be told.
          log({
            level: "info",
            message: "a worktree was not prepared",
            facts: { number, error: String(error) },
          });
        });
      }
    },
    stop: () => pool.stopPreparing(),
  };
}
