/** What `agentx doctor --repair` has seen, as plain data; what follows from it is decided in `adviseRepairs`. */
export type SeenRepository = {
  journal: SeenJournal;
  /** The runs of this journal that are not finished. */
  runs: SeenRun[];
  /** Branches under `agentx/<run>/` of runs that no journal of this repository knows; null where not all could be asked. */
  strayBranches: SeenBranch[] | null;
  /** Folders of agentx's own files that belong to runs that the journal does not know, or to processes that are gone. */
  strayFolders: string[];
  /** Numbers of worktrees whose branch is of such a run. */
  strayWorktrees: { number: number; branch: string }[];
  /** Records in git of worktrees of agentx whose folders are gone. */
  emptyRecords: string[];
  locks: SeenLock[];
  processes: SeenProcess[];
};

export type SeenJournal =
  | { type: "whole" }
  | { type: "none" }
  /** `lost` counts events past the last true one. */
  | { type: "damaged"; why: string; runs: { run: string; kept: number; lost: number }[]; lostRuns: string[] };

export type SeenRun = {
  run: string;
  branch: string;
  /** Where the journal has the integration branch, and whether git still has that commit. */
  tip: string;
  hasTip: boolean;
  /** Where the branch is; null when it is gone. */
  at: string | null;
  /** Whether the one contains the other; both when they are equal. */
  atContainsTip: boolean;
  tipContainsAt: boolean;
  /** Commits of the branch past the journal's tip, oldest first, with the task that their message names. */
  ahead: { commit: string; task: string | null }[];
  /** What the workers of tasks that have not ended handed over last. */
  heads: SeenHead[];
  /** Tasks that the journal has not as merged. */
  unmerged: string[];
};

export type SeenHead = {
  task: string;
  branch: string;
  commit: string;
  /** Whether it is to be judged or merged next: without it the task cannot go on. */
  isNeeded: boolean;
  /** Whether git still has the commit. */
  isThere: boolean;
  hasBranch: boolean;
};

export type SeenBranch = {
  branch: string;
  commit: string;
  /** Whether a branch of the person's contains it. */
  isMerged: boolean;
  /** The folder that has it checked out, or null. */
  checkedOut: string | null;
};

export type SeenLock = {
  path: string;
  ageMs: number;
  /** A process that may hold it, or null when there is none. */
  holder: string | null;
};

/** `born` tells a process from a later one with the same number. */
export type SeenProcess = { pid: number; born: string; command: string };
