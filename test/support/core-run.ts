import { apiForEveryRole } from "../../src/core/agent-spec.ts";
import { applyEvent } from "../../src/core/apply-event.ts";
import type { EventBody, TimedEvent } from "../../src/core/event.ts";
import { nextDecisions } from "../../src/core/next-decisions.ts";
import type { Flag } from "../../src/core/flag.ts";
import type { Plan, Task } from "../../src/core/plan.ts";
import { noSandboxLimits, type RunSettings } from "../../src/core/run-settings.ts";
import type { RunState } from "../../src/core/run-state.ts";
import { noSpend } from "../../src/core/usage.ts";
import type { GateVerdict } from "../../src/core/verdict.ts";

export function task(id: string, changes: Partial<Task> = {}): Task {
  return {
    id,
    title: `Title of ${id}`,
    role: "implement",
    needs: [],
    touches: [],
    acceptance: [],
    body: "",
    done: false,
    line: 0,
    ...changes,
  };
}

export function plan(...tasks: Task[]): Plan {
  return { title: "A plan", prd: "", tasks, source: { file: "plan.md", format: "plan" } };
}

export function settings(changes: Partial<RunSettings> = {}): RunSettings {
  return {
    slots: 2,
    gateSlots: 1,
    maxAttempts: 3,
    budgetUsd: null,
    limits: { turns: 10, tokens: null, usd: null, ms: 60_000, stallMs: 10_000 },
    models: { plan: ["a/p"], research: ["a/r"], implement: ["a/i"], review: ["b/v"], resolve: ["a/i"] },
    agents: apiForEveryRole,
    programs: {},
    cassette: null,
    providers: {},
    gates: [],
    setup: null,
    portBase: 20_000,
    portsPerWorktree: 20,
    sandboxReadOnly: [],
    sandbox: { use: null, image: null },
    sandboxLimits: noSandboxLimits,
    secretsAllow: [],
    protect: "ask",
    unsafeNoSandbox: false,
    acceptRedBase: false,
    useDefaults: false,
    fastForward: true,
    pullRequest: false,
    ...changes,
  };
}

export function runStarted(tasks: Task[], changes: Partial<RunSettings> = {}): EventBody {
  return {
    type: "run.started",
    run: "r1",
    plan: plan(...tasks),
    settings: settings(changes),
    base: { branch: "main", commit: "base" },
    planning: noSpend,
  };
}

/** A run that is driven by hand: every event is applied, and what follows from it is decided at once. */
export class CoreRun {
  state: RunState;
  readonly events: TimedEvent[] = [];
  /** The time of what happens next, in milliseconds; nothing moves it but the test. */
  at = 0;

  constructor(tasks: Task[], changes: Partial<RunSettings> = {}) {
    const started: TimedEvent = { ...runStarted(tasks, changes), at: this.at };
    this.state = applyEvent(null, started);
    this.events.push(started);
    this.decide();
  }

  apply(...bodies: EventBody[]): this {
    for (const body of bodies) {
      const isAsked = body.type === "question.asked";
      this.happens(
        isAsked ? { ...body, question: { ...body.question, id: this.state.questions.size + 1 } } : body,
      );
      this.decide();
    }
    return this;
  }

  stateOf(id: string): string {
    return this.state.tasks.get(id)?.state.type ?? "absent";
  }

  private decide(): this {
    for (;;) {
      const decisions = nextDecisions(this.state, false);
      if (decisions.length === 0) return this;
      for (const decision of decisions) this.happens(decision);
    }
  }

  private happens(body: EventBody): void {
    const event: TimedEvent = { ...body, at: this.at };
    this.events.push(event);
    this.state = applyEvent(this.state, event);
  }
}

export const green: GateVerdict = { gate: "test", command: "npm test", ms: 1, cached: false, type: "passed" };
export const empty: GateVerdict = {
  gate: "test",
  command: "npm test",
  ms: 1,
  cached: false,
  type: "empty",
  reason: "it ran no tests (exit 0)",
  excerpt: "",
  log: "",
};
export const red: GateVerdict = {
  gate: "test",
  command: "npm test",
  ms: 1,
  cached: false,
  type: "failed",
  exitCode: 1,
  excerpt: "src/a.ts:1 boom",
  log: "",
};

export const done = {
  worked: (id: string, commit = `${id}-commit`): EventBody => ({
    type: "worker.finished",
    task: id,
    commit,
    files: ["a.ts"],
    note: `note of ${id}`,
  }),
  gated: (id: string, verdicts: GateVerdict[] = [green]): EventBody => ({
    type: "gates.finished",
    task: id,
    commit: `${id}-commit`,
    on: "task",
    verdicts,
  }),
  compared: (id: string, verdicts: GateVerdict[] = [red]): EventBody => ({
    type: "gates.compared",
    task: id,
    commit: `${id}-commit`,
    base: "base",
    files: ["package.json"],
    verdicts,
  }),
  mergeGated: (id: string, verdicts: GateVerdict[] = [green], more: { again?: true } = {}): EventBody => ({
    type: "gates.finished",
    task: id,
    commit: `${id}-candidate`,
    on: "merge",
    verdicts,
    ...more,
  }),
  approved: (id: string): EventBody => ({
    type: "review.finished",
    task: id,
    commit: `${id}-commit`,
    model: "b/v",
    sameModel: false,
    verdict: { type: "approved", findings: [], summary: "good" },
  }),
  flagged: (id: string, ...flags: Partial<Flag>[]): EventBody => ({
    type: "change.flagged",
    task: id,
    commit: `${id}-commit`,
    flags: (flags.length === 0 ? [{}] : flags).map((flag) => ({
      kind: "skipped",
      file: "a.test.ts",
      line: 1,
      quote: "it.skip('x')",
      why: "a test is switched off",
      id: "f1",
      ...flag,
    })),
  }),
  rejected: (id: string): EventBody => ({
    type: "review.finished",
    task: id,
    commit: `${id}-commit`,
    model: "b/v",
    sameModel: false,
    verdict: {
      type: "rejected",
      summary: "no",
      findings: [
        {
          severity: "blocking",
          confidence: 90,
          file: "a.ts",
          line: 1,
          quote: "x",
          title: "Wrong",
          why: "because",
        },
      ],
    },
  }),
  noVerdict: (id: string): EventBody => ({
    type: "review.finished",
    task: id,
    commit: `${id}-commit`,
    model: "b/v",
    sameModel: false,
    verdict: { type: "missing", reason: "unreadable" },
  }),
  prepared: (id: string, onto = "base"): EventBody => ({
    type: "merge.prepared",
    task: id,
    candidate: `${id}-candidate`,
    onto,
  }),
  landed: (id: string): EventBody => ({ type: "task.merged", task: id, commit: `${id}-candidate` }),
  asked: (id: string, text = "Which one?"): EventBody => ({
    type: "question.asked",
    question: { id: 1, kind: "worker", task: id, text, options: [], default: null },
  }),
  answered: (question: number, text: string): EventBody => ({
    type: "question.answered",
    answer: { question, text, by: "person" },
  }),
};
