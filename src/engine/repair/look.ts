import { AgentxError } from "../../core/error.ts";
import type { RunState } from "../../core/run-state.ts";
import type { SeenJournal, SeenRepository } from "../../core/repair/seen.ts";
import { openJournal } from "../../journal/journal.ts";
import { salvageJournal } from "../../journal/salvage/restore-journal.ts";
import { loadRun } from "../load-run.ts";
import type { Workspace } from "../workspace.ts";
import { seeLocks } from "./see-locks.ts";
import { seeProcesses } from "./see-processes.ts";
import { seeRun } from "./see-run.ts";
import { seeStrays } from "./see-strays.ts";

type Read = { journal: SeenJournal; unfinished: RunState[]; known: string[] };

/** Everything that may be in need of repair. Changes nothing. Only for who holds the dispatcher's lock. */
export async function look(workspace: Workspace): Promise<SeenRepository> {
  const { journal, unfinished, known } = readAll(workspace.folder);
  const isReadable = journal.type !== "damaged";
  return {
    journal,
    runs: await Promise.all(unfinished.map((state) => seeRun(workspace.repo, state))),
    ...(await seeStrays(workspace, isReadable ? known : null)),
    locks: await seeLocks(workspace),
    processes: await seeProcesses(workspace.home),
  };
}

function readAll(folder: string): Read {
  try {
    using journal = openJournal({ folder, readOnly: true });
    journal.verify();
    const runs = journal.runs();
    const open = runs.filter(({ finishedAt }) => finishedAt === null);
    return {
      journal: { type: "whole" },
      unfinished: open.map(({ run }) => loadRun(journal, run).state),
      known: runs.map(({ run }) => run),
    };
  } catch (error) {
    if (!(error instanceof AgentxError)) throw error;
    if (error.code === "NO_RUNS") return { journal: { type: "none" }, unfinished: [], known: [] };
    if (error.code !== "JOURNAL_DAMAGED") throw error;
    const { runs, lostRuns } = salvageJournal(folder);
    const kept = runs.map(({ run, events, lost }) => ({ run, kept: events.length, lost }));
    const why = error.problems.map(({ what }) => what).join("; ");
    return { journal: { type: "damaged", why, runs: kept, lostRuns }, unfinished: [], known: [] };
  }
}
