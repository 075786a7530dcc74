import { adviseRun } from "./advise-run.ts";
import { advised, type Advice, type Advised } from "./repair.ts";
import type { SeenBranch, SeenJournal, SeenLock, SeenRepository } from "./seen.ts";

/** git itself holds a lock for a fraction of this. */
const staleLockMs = 60_000;

/**
 * What is to be mended, given what was seen. A damaged journal comes alone: what the rest means is known only by it, and
 * is looked at again afterwards.
 */
export function adviseRepairs(seen: SeenRepository): Advice {
  const ends = seen.processes.map(({ pid, born, command }) =>
    advised(
      { type: "endProcess", pid, born },
      `end process ${pid}: ${command}`,
      "it was started by an agentx that is gone",
    ),
  );
  if (seen.journal.type === "damaged")
    return { repairs: [...ends, restore(seen.journal)], notes: lostOf(seen.journal) };
  const locks = seen.locks.map(adviseLock);
  const runs = seen.runs.map(adviseRun);
  const strays = adviseStrays(seen);
  return {
    repairs: [
      ...ends,
      ...locks.flatMap(({ repairs }) => repairs),
      ...runs.flatMap(({ repairs }) => repairs),
      ...strays.repairs,
    ],
    notes: [locks, runs]
      .flat()
      .flatMap(({ notes }) => notes)
      .concat(strays.notes),
  };
}

function restore({ why, runs }: SeenJournal & { type: "damaged" }): Advised {
  const kept = runs.map(({ run, kept: events, lost }) =>
    lost > 0 ? `${run} up to event ${events}, of ${events + lost}` : `${run} whole, ${events} events`,
  );
  return advised(
    { type: "restoreJournal" },
    `restore the journal: ${kept.length === 0 ? "nothing of it can be read" : kept.join("; ")}. ` +
      "The damaged files are kept beside it",
    why,
  );
}

function lostOf({ lostRuns }: SeenJournal & { type: "damaged" }): string[] {
  return lostRuns.map((run) => `Of the run ${run} not even the beginning can be read. Its branches stay.`);
}

function adviseLock({ path, ageMs, holder }: SeenLock): Advice {
  if (holder !== null)
    return { repairs: [], notes: [`${path} is there, and ${holder} may hold it: it is left alone.`] };
  if (ageMs < staleLockMs)
    return { repairs: [], notes: [`${path} is younger than a minute: look again when no git works here.`] };
  const why = "a git that is gone has left it, and git refuses to work while it is there";
  return { repairs: [advised({ type: "removeLock", path }, `remove ${path}`, why)], notes: [] };
}

function adviseStrays(seen: SeenRepository): Advice {
  const { strayBranches, strayWorktrees, strayFolders, emptyRecords } = seen;
  const unknown = "no journal of this repository knows its run";
  const worktrees = strayWorktrees.map(({ number, branch }) =>
    advised(
      { type: "removeWorktree", number },
      `remove worktree ${number}, on ${branch}; unsaved work in it is rescued`,
      unknown,
    ),
  );
  const leaving = new Set(strayWorktrees.map(({ branch }) => branch));
  const branches = (strayBranches ?? []).map((branch) => adviseBranch(branch, leaving.has(branch.branch)));
  const records = emptyRecords.length === 0 ? [] : [forget(emptyRecords)];
  const folders = strayFolders.map((path) =>
    advised({ type: "removeFolder", path }, `remove ${path}`, "its run or its process is gone"),
  );
  const notes =
    strayBranches === null
      ? [
          "A journal of another checkout cannot be read, so branches of runs that are not known here are left alone.",
        ]
      : [];
  return {
    repairs: [...worktrees, ...records, ...branches.flatMap(({ repairs }) => repairs), ...folders],
    notes: [...notes, ...branches.flatMap((advice) => advice.notes)],
  };
}

function forget(records: readonly string[]): Advised {
  return advised(
    { type: "forgetWorktrees" },
    `let git forget ${records.length === 1 ? "a worktree" : `${records.length} worktrees`}: ${records.join(", ")}`,
    "the folder is gone",
  );
}

function adviseBranch({ branch, commit, isMerged, checkedOut }: SeenBranch, isLeaving: boolean): Advice {
  if (checkedOut !== null && !isLeaving)
    return { repairs: [], notes: [`${branch} is of no known run and is checked out in ${checkedOut}.`] };
  const repair = { type: "deleteBranch", branch, commit, isMerged } as const;
  const what = isMerged
    ? `delete ${branch}`
    : `delete ${branch}, and keep its work under refs/agentx/rescue/`;
  const why = `no journal of this repository knows its run${isMerged ? ", and a branch of yours has it" : ""}`;
  return { repairs: [advised(repair, what, why)], notes: [] };
}
