import type { HealthRow } from "../../core/health.ts";
import { loadRun, readJournalIfAny } from "../load-run.ts";
import { whoHolds } from "../lock-repository.ts";
import type { Workspace } from "../workspace.ts";
import { ok, rowsOf } from "./row.ts";

/** Whether the journal can be read, every checksum of every run included, and who works here. */
export function checkJournal(workspace: Workspace): HealthRow[] {
  try {
    return [checkRuns(workspace), checkDispatcher(workspace)];
  } catch (error) {
    return rowsOf("journal", error);
  }
}

function checkRuns(workspace: Workspace): HealthRow {
  const row = readJournalIfAny(workspace, (journal) => {
    const runs = journal.runs();
    const events = journal.verify();
    // That they make a state is a question of its own.
    for (const { run } of runs) loadRun(journal, run);
    const latest = runs.at(-1);
    const last =
      latest === undefined
        ? ""
        : `; the latest is ${latest.run}, ${latest.finishedAt === null ? "not finished" : "finished"}`;
    return ok(
      "journal",
      `whole: ${runs.length === 1 ? "1 run" : `${runs.length} runs`}, ${events} events${last}`,
    );
  });
  return row ?? ok("journal", "no run yet");
}

function checkDispatcher(workspace: Workspace): HealthRow {
  const status = whoHolds(workspace);
  if (!status.running) return ok("dispatcher", "none runs here");
  if (status.dispatcher === null) return ok("dispatcher", "one is just starting");
  const { pid, since, command, root } = status.dispatcher;
  return ok("dispatcher", `process ${pid}, since ${new Date(since).toISOString()}: ${command} in ${root}`);
}
