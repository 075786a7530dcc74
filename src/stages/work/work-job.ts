import type { Agent, Conversation, JobScope } from "../../agents/agent.ts";
import type { Lodging } from "../../agents/lodging.ts";
import type { Assignment } from "../../core/event.ts";
import type { Role, Task } from "../../core/plan.ts";
import type { RunSettings } from "../../core/run-settings.ts";
import type { WorktreePool } from "../../git/worktrees/worktree-pool.ts";
import type { Worktree } from "../../git/worktree.ts";
import type { Parking } from "./parking.ts";
import type { SandboxProvider } from "../../sandbox/sandbox.ts";

export type WorkJob = JobScope & {
  task: Task;
  role: Role;
  attempt: number;
  assignment: Assignment;
  branch: string;
  worktree: number;
  /** The commit that the result is compared with. */
  base: string;
  /** What the task's branch holds already, or null. */
  head: string | null;
  settings: RunSettings;
  models: readonly string[];
  conversation: Conversation;
  /** What the agent called its session in this thread, or null. */
  session: string | null;
  lodging: Lodging;
  takeNotes: () => string[];
};

export type WorkPorts = {
  agent: Agent;
  pool: Pick<WorktreePool, "lease" | "resume" | "checkoutTree" | "snapshot">;
  sandboxes: SandboxProvider;
  parking: Parking;
  gitCommonDir: string;
  /** An empty folder for a git folder of the worker's own. */
  gitScratch: (worktree: Worktree) => Promise<string>;
  mergeTrees: (sides: { ours: string; theirs: string }) => Promise<{ tree: string }>;
  isAncestor: (pair: { ancestor: string; descendant: string }) => Promise<boolean>;
  /** After a fresh lease: files of `.worktreeinclude`. */
  copyIncluded: (worktree: Worktree) => Promise<unknown>;
  setUp: (worktree: Worktree, signal: AbortSignal) => Promise<void>;
  /** Refuses a tree with which a secret would come into the history. */
  vet: (range: { from: string; to: string }) => Promise<void>;
  /** The system prompt, and the prompt of this attempt, which is the same however often it is asked for. */
  buildPrompt: (job: WorkJob) => Promise<{ system: string; prompt: string }>;
};
