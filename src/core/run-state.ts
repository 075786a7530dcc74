import type { Credentials } from "./agent-spec.ts";
import type { Assignment, Delivery, RunBase } from "./event.ts";
import type { Flag } from "./flag.ts";
import type { Pause } from "./pause.ts";
import type { Plan, Task } from "./plan.ts";
import type { Question } from "./question.ts";
import type { RunSettings } from "./run-settings.ts";
import type { TaskTable } from "./task-table.ts";
import type { Timing } from "./timing/timing.ts";
import type { Spend } from "./usage.ts";
import type { GateVerdict } from "./verdict.ts";

/** Where a task is. See docs/architecture.md for the arrows. */
export type TaskState =
  | { type: "pending"; next: Assignment }
  | { type: "working"; assignment: Assignment }
  | { type: "blocked"; question: number; backTo: "work" | "review" | "merge"; after: Assignment | null }
  | { type: "gating"; commit: string }
  | { type: "reviewing"; commit: string; round: number }
  | { type: "held"; commit: string }
  /** `behind`: tasks whose conflict is being resolved first. */
  | { type: "queued"; commit: string; behind: string[] }
  | ({ type: "merging"; commit: string } & MergeStep)
  | { type: "merged"; commit: string }
  | { type: "done" }
  | { type: "failed"; reason: string }
  | { type: "canceled" }
  | { type: "skipped"; because: string };

/**
 * The three steps of a merge; `landing` is the only one that moves a ref. A candidate is the tip, the changes before it in the
 * line, and this one: `onto` is the candidate before it, or the tip.
 */
export type MergeStep =
  | { step: "preparing" }
  | ({ step: "gating"; candidate: string; onto: string } & LineVerdicts)
  | { step: "landing"; candidate: string; onto: string };

/** What the gates of the queue have said about a change that is still in the line. */
export type LineVerdicts = {
  /** What they said of its candidate itself, where that was red. */
  red: GateVerdict[] | null;
  /** Red verdicts on candidates that hold this change. */
  suspected: number;
};

/** A task's state and what was learned on the way. */
export type TaskRecord = {
  task: Task;
  state: TaskState;
  attempts: number;
  /** Attempts that may be started before the person is asked. */
  allowance: number;
  /** Why the person has to be asked before the next attempt; empty when they need not be. */
  stuck: string;
  thread: number;
  role: "work" | "resolve";
  worktree: number | null;
  base: string | null;
  /** The last commit that a worker handed over. */
  head: string | null;
  /** The worker's closing words: shown to the tasks that need this one. */
  note: string;
  pendingNotes: string[];
  /** What was found in a commit of it, the last one that had any; null before. */
  flagged: { commit: string; flags: Flag[] } | null;
  /** Ids of the flags that the person has let through. */
  allowed: string[];
  /** What the agent of this thread called its session, for going on with it; null for none. */
  session: { agent: string; thread: number; id: string } | null;
  /** The model that wrote last, which may be another than the role's first; null before it spoke. */
  writer: string | null;
  spend: Spend;
};

/** It is never changed: what an event changes is replaced, and all else is shared with the state before. */
export type RunState = {
  run: string;
  plan: Plan;
  settings: RunSettings;
  base: RunBase;
  /** Where the person's branch stood last as far as this run knows: its base, or what the run delivered to it. */
  personAt: string;
  /** The integration branch's tip as far as the journal knows. */
  tip: string;
  phase: "baseline" | "running" | "finished";
  tasks: TaskTable;
  /** Ids of queued tasks, first in first out. */
  queue: string[];
  /** Ids of merging tasks, in the order in which their changes are stacked onto the tip. */
  line: string[];
  /** What landed, in order. */
  landed: { task: string; commit: string }[];
  /** How many changes the gates of the merge queue have sent back. */
  ejected: number;
  /** Gates that said two things of one tree in this run. */
  flaky: string[];
  questions: ReadonlyMap<number, { question: Question; answer: string | null }>;
  /** Gates that were red on the base and have not been green since. */
  knownRed: string[];
  baseline: GateVerdict[];
  budgetUsd: number | null;
  /** Why no model can be reached; the person is asked, and nothing new starts meanwhile. */
  hold: { reason: string; hint: string } | null;
  /** Providers that asked to be left alone for a while, by name. */
  pauses: ReadonlyMap<string, Pause>;
  spend: Spend;
  spendByModel: ReadonlyMap<string, Spend>;
  /** Agents other than the built-in loop that worked on it, and whose login they used. */
  agents: ReadonlyMap<string, Credentials>;
  /** Those of them with their own login that have told of at least one call; what the others use is not counted. */
  telling: ReadonlySet<string>;
  delivery: Delivery | null;
  /** How long tasks take, as far as this run has seen. */
  timing: Timing;
  /** Address of the pull request, where one was opened. */
  pullRequest: string | null;
};

const goodEnds: readonly TaskState["type"][] = ["merged", "done"];
const badEnds: readonly TaskState["type"][] = ["failed", "canceled", "skipped"];

export function endedWell(state: Pick<TaskState, "type">): boolean {
  return goodEnds.includes(state.type);
}

export function endedBadly(state: Pick<TaskState, "type">): boolean {
  return badEnds.includes(state.type);
}

export function hasEnded(state: Pick<TaskState, "type">): boolean {
  return endedWell(state) || endedBadly(state);
}

/** Ids in plan order. */
export function endedWellIn({ tasks }: RunState): string[] {
  return [...tasks.values()].filter(({ state }) => endedWell(state)).map(({ task }) => task.id);
}

/** Agents that worked with their own login and have told nothing of what they used. */
export function uncountedAgents({ agents, telling }: RunState): string[] {
  return [...agents].flatMap(([name, credentials]) =>
    credentials === "own" && !telling.has(name) ? [name] : [],
  );
}

/** Nothing that costs money is begun any more until the person raises the budget. */
export function isSpent(run: RunState): boolean {
  return run.budgetUsd !== null && run.spend.usd >= run.budgetUsd;
}

/** A run may have asked hundreds, and which are open is looked at after every event. */
const open = new WeakMap<RunState["questions"], readonly Question[]>();

export function openQuestions({ questions }: Pick<RunState, "questions">): readonly Question[] {
  const known = open.get(questions);
  if (known !== undefined) return known;
  const found = [...questions.values()]
    .filter((entry) => entry.answer === null)
    .map((entry) => entry.question);
  open.set(questions, found);
  return found;
}

/** The branch that every merge of a run lands on. `integration` is a reserved task id. */
export function integrationBranch(run: string): string {
  return `agentx/${run}/integration`;
}

export function taskBranch(run: string, task: string): string {
  return `agentx/${run}/${task}`;
}
