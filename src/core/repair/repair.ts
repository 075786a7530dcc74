/** One thing that can be mended. Doing it again does no harm, and nothing unmerged is let go of without a rescue ref. */
export type Repair =
  | { type: "restoreJournal" }
  | { type: "endProcess"; pid: number; born: string }
  | { type: "removeLock"; path: string }
  /** Puts a branch at the commit; where it was is rescued first if it is not part of that. `from` is null when it is gone. */
  | { type: "placeBranch"; branch: string; commit: string; from: string | null }
  /** Records merges that are in the branch. */
  | { type: "recordMerges"; run: string; merges: { task: string; commit: string }[] }
  /** Sends a task back to its worker, because its commit is gone. */
  | { type: "workAgain"; run: string; task: string; commit: string }
  | { type: "removeWorktree"; number: number }
  | { type: "forgetWorktrees" }
  | { type: "deleteBranch"; branch: string; commit: string; isMerged: boolean }
  | { type: "removeFolder"; path: string };

/** `what` would be done, and `why`, in words. */
export type Advised = { repair: Repair; what: string; why: string };

export type Advice = {
  /** In the order in which they are to be done. */
  repairs: Advised[];
  /** What is not well and cannot be mended here: a sentence each. */
  notes: string[];
};

export function advised(repair: Repair, what: string, why: string): Advised {
  return { repair, what, why };
}
