import { setTimeout as sleep } from "node:timers/promises";
import { createLimit } from "../../sys/limit.ts";

/** Two steps with a rest between them. @returns from `make`, whether there is anything to `settle` */
type Steps = { make: () => Promise<boolean>; settle: () => Promise<void> };

/** Worktrees that are made before anybody asks for them. */
export type Preparations = {
  /** One step of one worktree at a time; nothing where this worktree is being prepared already. */
  add: (number: number, steps: Steps) => Promise<void>;
  /** Nothing more is done to this worktree; waits for the step that is under way, and for no other worktree's. */
  stop: (number: number) => Promise<void>;
  stopAll: () => Promise<void>;
};

/**
 * Past the next full second: git believes the times of a file only where its index is of a later second. Until then it reads
 * each file that it has just written again, to know whether it has changed.
 */
const restMs = 1100;

type Preparation = { stopped: AbortController; step: Promise<unknown> | null };

export function createPreparations(): Preparations {
  const oneByOne = createLimit(1);
  const going = new Map<number, Preparation>();

  async function takeTurn<T>(preparation: Preparation, step: () => Promise<T>): Promise<T | null> {
    return oneByOne(async () => {
      if (preparation.stopped.signal.aborted) return null;
      const taken = step();
      preparation.step = taken;
      return taken.finally(() => (preparation.step = null));
    });
  }

  async function stop(number: number): Promise<void> {
    const preparation = going.get(number);
    preparation?.stopped.abort();
    // Its failure is told to who has added it.
    await preparation?.step?.catch(() => null);
  }

  return {
    add: async (number, { make, settle }) => {
      if (going.has(number)) return;
      const preparation: Preparation = { stopped: new AbortController(), step: null };
      going.set(number, preparation);
      try {
        if ((await takeTurn(preparation, make)) !== true) return;
        await sleep(restMs, null, { signal: preparation.stopped.signal }).catch(() => null);
        await takeTurn(preparation, settle);
      } finally {
        going.delete(number);
      }
    },
    stop,
    stopAll: async () => {
      await Promise.all([...going.keys()].map(stop));
    },
  };
}
