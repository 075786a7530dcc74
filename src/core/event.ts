import type { Credentials } from "./agent-spec.ts";
import type { Flag } from "./flag.ts";
import type { Plan, Role } from "./plan.ts";
import type { Answer, Question } from "./question.ts";
import type { RunSettings } from "./run-settings.ts";
import type { Spend, Usage } from "./usage.ts";
import type { Finding, GateVerdict, ReviewVerdict } from "./verdict.ts";

/** Why an attempt ended without a result. */
export type AttemptFailure = {
  /**
   * provider: no model could be reached or paid for; it holds the whole run and is not the task's fault.
   * paused: every provider of the role named a time to wait until; what needs them goes on then by itself.
   */
  kind: "provider" | "paused" | "limit" | "stall" | "setup" | "agent";
  reason: string;
  /** What the person can do about it; empty when nothing in particular. */
  hint: string;
};

/** What the next attempt is given to start from. */
export type Assignment =
  | { type: "fresh" }
  /** `after` is what the worker was about to be given when the person had to be asked. */
  | { type: "answer"; question: string; text: string; after: Assignment | null }
  | { type: "gates"; verdicts: GateVerdict[] }
  | { type: "review"; findings: Finding[]; summary: string }
  /** The person would not let these through; `note` is what they said to it, or empty. */
  | { type: "flagged"; flags: Flag[]; note: string }
  | { type: "conflict"; files: string[]; onto: string }
  /** `landed`: the tasks whose changes came between the work's base and `onto`. */
  | { type: "mergeGates"; verdicts: GateVerdict[]; onto: string; landed?: string[] }
  /** `trouble`: what went wrong, for the person; absent where the note is the person's own. */
  | { type: "retry"; note: string; trouble?: string };

/** The base that the person stood on; `branch` is null when HEAD is detached. */
export type RunBase = { branch: string | null; commit: string };

export type Delivery =
  | { type: "fast-forwarded"; branch: string; commit: string }
  | { type: "left"; reason: string; command: string }
  | { type: "nothing" };

/** Past facts, in the order in which they were journaled. All of a run's state follows from them. */
export type EventBody =
  | { type: "run.started"; run: string; plan: Plan; settings: RunSettings; base: RunBase; planning: Spend }
  | { type: "run.resumed"; pid: number }
  /** `again` is for the second and later ones, which stop the workers. */
  | { type: "run.interrupted"; signal: string; again?: true }
  | { type: "baseline.finished"; verdicts: GateVerdict[] }
  | {
      type: "attempt.started";
      task: string;
      /** 1-based; stays the same when an answer continues an attempt. */
      attempt: number;
      assignment: Assignment;
      /** Number of the worktree that the task holds until it ends. */
      worktree: number;
      /** The conversation: a resolve attempt begins a new one. */
      thread: number;
      role: Role;
      /** The commit that the result is compared with. */
      base: string;
    }
  | {
      type: "model.called";
      task: string | null;
      role: Role;
      model: string;
      usage: Usage;
      usd: number | null;
      ms: number;
    }
  /** A model could not be reached or would not do, and the role's next one takes over. */
  | { type: "model.left"; task: string; role: Role; model: string; reason: string; next: string }
  /** A provider asked to be left alone until then (milliseconds since 1970); whoever has another one goes on with that. */
  | { type: "provider.paused"; provider: string; until: number; reason: string }
  | { type: "provider.resumed"; provider: string }
  /** An agent other than the built-in loop works on it; `session` is the program's own id for going on, or null. */
  | {
      type: "agent.started";
      task: string;
      role: Role;
      agent: string;
      credentials: Credentials;
      session: string | null;
    }
  /** What the gateway took out of an agent's calls, because the vendor would have run it or nobody here knows it. */
  | { type: "tools.withheld"; task: string; role: Role; agent: string; names: string[] }
  | { type: "worker.finished"; task: string; commit: string | null; files: string[]; note: string }
  | { type: "attempt.failed"; task: string; failure: AttemptFailure }
  | {
      type: "gates.finished";
      task: string;
      commit: string;
      on: "task" | "merge";
      verdicts: GateVerdict[];
      /** Whether red gates were run once more on the same tree, to tell a flaky gate from a bad change. */
      again?: boolean;
      /** Set where only the quick look at what is affected was red, and the gates themselves did not run. */
      affected?: true;
    }
  /** The gates on the commit with `files` as `base` has them: what the checks say that the change did not make itself. */
  | {
      type: "gates.compared";
      task: string;
      commit: string;
      base: string;
      files: string[];
      verdicts: GateVerdict[];
    }
  /** What agentx found in the commit that may weaken how it is judged; there is no such event where it found nothing. */
  | { type: "change.flagged"; task: string; commit: string; flags: Flag[] }
  | {
      type: "review.finished";
      task: string;
      commit: string;
      model: string;
      /** Null where the model of either is not known. */
      sameModel: boolean | null;
      /** Names of the agents that wrote and reviewed; journals from before they were said have none. */
      agents?: { worker: string; reviewer: string };
      verdict: ReviewVerdict;
    }
  | { type: "merge.started"; task: string }
  | { type: "merge.prepared"; task: string; candidate: string; onto: string }
  | { type: "merge.conflicted"; task: string; files: string[]; onto: string }
  /** It conflicts with changes before it in the line, or with those of `behind`, which are being resolved: it waits for what becomes of them. */
  | { type: "merge.deferred"; task: string; behind?: string[] }
  /** The gates are red with it on the tip, and were green without it. `landed`: what came since the work's base. */
  | { type: "merge.ejected"; task: string; landed: string[] }
  | { type: "merge.stale"; task: string; tip: string }
  | { type: "task.merged"; task: string; commit: string }
  | { type: "task.done"; task: string; note: string }
  | { type: "task.failed"; task: string; reason: string }
  | { type: "task.canceled"; task: string }
  | { type: "task.skipped"; task: string; because: string }
  | { type: "task.retried"; task: string; note: string }
  | { type: "question.asked"; question: Question }
  | { type: "question.answered"; answer: Answer }
  | { type: "note.added"; task: string; text: string }
  | { type: "note.delivered"; task: string; text: string }
  | { type: "run.delivered"; delivery: Delivery; pullRequest: string | null }
  | { type: "run.finished" };

/** An event with its place in the journal: `seq` is 1, 2, 3 … in a run, `at` is milliseconds since 1970. */
export type RunEvent = { seq: number; at: number } & EventBody;

/** What happened and when: all that the state of a run needs of an event. */
export type TimedEvent = { at: number } & EventBody;

/** What is shown and not kept: what a worker does right now. */
export type Activity = { type: "worker.activity"; task: string; text: string };

export type EventType = EventBody["type"];
export type EventOf<T extends EventType> = Extract<EventBody, { type: T }>;
