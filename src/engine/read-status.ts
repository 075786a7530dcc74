import type { RunEvent } from "../core/event.ts";
import type { RunState } from "../core/run-state.ts";
import { openJournal } from "../journal/journal.ts";
import { dispatcherStatus } from "../journal/lock.ts";
import type { Request } from "../journal/request.ts";
import { loadRun } from "./load-run.ts";
import { type Who, whoWorks } from "./who-works.ts";

export type RunStatus = Who & {
  state: RunState;
  events: RunEvent[];
  /** Posted and not yet taken by a dispatcher. */
  pending: Request[];
  /** Question → its answer among those. */
  answered: ReadonlyMap<number, string>;
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
    ...whoWorks(dispatcherStatus(folder), begunAt(events)),
  };
}

function begunAt(events: readonly RunEvent[]): number {
  return events.findLast(({ type }) => type === "run.started" || type === "run.resumed")?.at ?? 0;
}
