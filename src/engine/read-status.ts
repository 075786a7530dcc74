import type { RunEvent } from "../core/event.ts";
import type { RunState } from "../core/run-state.ts";
import { openJournal } from "../journal/journal.ts";
import { type Dispatcher, type DispatcherStatus, dispatcherStatus } from "../journal/lock.ts";
import type { Request } from "../journal/request.ts";
import { loadRun } from "./load-run.ts";

export type RunStatus = {
  state: RunState;
  events: RunEvent[];
  /** Posted and not yet taken by a dispatcher. */
  pending: Request[];
  /** Question → its answer among those. */
  answered: ReadonlyMap<number, string>;
  /** Who works on this run now. */
  dispatcher: Dispatcher | null;
  /** Who works in this repository on another run, or is just starting; there is one dispatcher a repository. */
  elsewhere: Dispatcher | "starting" | null;
};

/** A run as the journal has it. @throws AgentxError NO_RUNS, UNKNOWN_RUN */
export function readStatus(folder: string, run: string | null): RunStatus {
  using journal = openJournal({ folder, readOnly: true });
  const { events, state } = loadRun(journal, run);
  const pending = journal.pendingRequests(state.run);
  const answers = pending.filter((request) => request.type === "answer");
  return {
    events,
    state,
    pending,
    answered: new Map(answers.map(({ question, text }) => [question, text])),
    ...whoWorks(dispatcherStatus(folder), events),
  };
}

type Who = Pick<RunStatus, "dispatcher" | "elsewhere">;

function whoWorks(status: DispatcherStatus, events: readonly RunEvent[]): Who {
  if (!status.running) return { dispatcher: null, elsewhere: null };
  const { dispatcher } = status;
  if (dispatcher === null) return { dispatcher: null, elsewhere: "starting" };
  // The lock does not name the run, but its holder begins one right after taking it.
  const begun = events.findLast((event) => event.type === "run.started" || event.type === "run.resumed");
  const isHere = begun !== undefined && begun.at >= dispatcher.since;
  return isHere ? { dispatcher, elsewhere: null } : { dispatcher: null, elsewhere: dispatcher };
}
