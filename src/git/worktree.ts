/** A folder with files of the repository, and the git folder that the dispatcher alone trusts for it. */
export type Checkout = {
  /** Number of a task's worktree, or name of a gate's. */
  name: string;
  path: string;
  /** `<commonDir>/worktrees/…`: git is always told this outright, a `.git` file in the tree is never read. */
  gitDir: string;
};

/** A task's checkout; HEAD is on `branch`, a short name. */
export type Worktree = Checkout & { number: number; branch: string };

export type SubmoduleState =
  | { type: "none" }
  | { type: "ready" }
  /** They could not be filled, and why; the rest of the worktree is fine. */
  | { type: "missing"; reason: string };

/** A worktree ready for an attempt. */
export type Lease = Worktree & {
  /** The commit that the files are at: the one asked for, or the branch's own tip where that contains it. */
  commit: string;
  submodules: SubmoduleState;
  /** Refs that hold what was found in the folder, or on the branch, and had to give way. */
  rescued: string[];
};

/** A fresh checkout for a gate; HEAD is detached. */
export type GateCheckout = Checkout & { commit: string; submodules: SubmoduleState };
