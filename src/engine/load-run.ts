import { replay } from "../core/apply-event.ts";
import { closest } from "../core/closest.ts";
import { AgentxError } from "../core/error.ts";
import type { RunEvent } from "../core/event.ts";
import type { RunState, TaskRecord } from "../core/run-state.ts";
import { type Journal, openJournal } from "../journal/journal.ts";
import type { Workspace } from "./workspace.ts";

export type LoadedRun = { events: RunEvent[]; state: RunState };

/** Opens the journal for reading and asks it; there is no dispatcher to disturb. @throws AgentxError NO_RUNS */
export function readJournal<T>({ folder }: Workspace, read: (journal: Journal) => T): T {
  using journal = openJournal({ folder, readOnly: true });
  return read(journal);
}

/** The same, and null where there is no run yet: also beside a file that could be made and not filled. */
export function readJournalIfAny<T>(workspace: Workspace, read: (journal: Journal) => T): T | null {
  try {
    return readJournal(workspace, read);
  } catch (error) {
    if (error instanceof AgentxError && error.code === "NO_RUNS") return null;
    throw error;
  }
}

/** @param run the run's name, or null for the latest. @throws AgentxError NO_RUNS, UNKNOWN_RUN */
export function loadRun(journal: Journal, run: string | null): LoadedRun {
  const name = run ?? journal.latestRun()?.run;
  const events = name === undefined ? [] : journal.events(name);
  if (events.length > 0) return { events, state: replay(events) };
  const known = journal.runs().map((summary) => summary.run);
  if (run === null || known.length === 0) {
    throw new AgentxError("NO_RUNS", {
      where: "",
      what: "there is no run here yet",
      hint: "agentx dispatch plan.md",
    });
  }
  const guess = closest(run, known);
  throw new AgentxError("UNKNOWN_RUN", {
    where: "",
    what: `there is no run "${run}"`,
    hint: guess === null ? `the latest is ${known.at(-1)}` : `Did you mean "${guess}"?`,
  });
}

/** @throws AgentxError UNKNOWN_TASK with the closest name */
export function findTask(state: RunState, task: string): TaskRecord {
  const record = state.tasks.get(task);
  if (record) return record;
  const known = [...state.tasks.keys()];
  const guess = closest(task, known);
  throw new AgentxError("UNKNOWN_TASK", {
    where: "",
    what: `the run ${state.run} has no task "${task}"`,
    hint: guess === null ? `its tasks: ${known.join(", ")}` : `Did you mean "${guess}"?`,
  });
}
