import type { Dispatcher, DispatcherStatus } from "../journal/lock.ts";

export type Who = {
  /** Who works on this run now. */
  dispatcher: Dispatcher | null;
  /** Who works in this repository on another run, or is just starting; there is one dispatcher a repository. */
  elsewhere: Dispatcher | "starting" | null;
};

/** @param begunAt when the run was started or resumed last: milliseconds since 1970 */
export function whoWorks(status: DispatcherStatus, begunAt: number): Who {
  if (!status.running) return { dispatcher: null, elsewhere: null };
  const { dispatcher } = status;
  if (dispatcher === null) return { dispatcher: null, elsewhere: "starting" };
  // The lock does not name the run, but its holder begins one right after taking it.
  const isHere = begunAt >= dispatcher.since;
  return isHere ? { dispatcher, elsewhere: null } : { dispatcher: null, elsewhere: dispatcher };
}
