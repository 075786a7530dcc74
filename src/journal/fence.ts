import { AgentxError, exitCodes } from "../core/error.ts";

/**
 * Keeps out a dispatcher that was replaced without noticing: one that slept while somebody removed its lock's file, say.
 * Asked within the transaction of every append, so that it cannot be replaced between the question and the write.
 */
export type Fence = {
  /** @param lastSeq of the run as it stands in the journal now. @throws AgentxError DISPATCHER_REPLACED */
  pass: (run: string, lastSeq: number) => void;
  /** What this dispatcher wrote last: anything past it is somebody else's. */
  wrote: (run: string, seq: number) => void;
};

export function createFence(isHeld: () => boolean): Fence {
  const last = new Map<string, number>();
  return {
    pass: (run, lastSeq) => {
      if (!isHeld() || (last.get(run) ?? lastSeq) !== lastSeq) throw replaced(run);
    },
    wrote: (run, seq) => {
      last.set(run, seq);
    },
  };
}

export function replaced(run: string): AgentxError {
  const problem = {
    where: run,
    what: "another dispatcher has taken over: this one has lost its lock, so it writes nothing more",
    hint: "`agentx status` names the one that works now; let it go on, or agentx resume where there is none",
  };
  return new AgentxError("DISPATCHER_REPLACED", problem, exitCodes.someNotMerged);
}
