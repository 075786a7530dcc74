import { apiForEveryRole } from "../../src/core/agent-spec.ts";
import { applyEvent } from "../../src/core/apply-event.ts";
import type { EventBody, RunEvent } from "../../src/core/event.ts";
import type { Flag } from "../../src/core/flag.ts";
import type { Plan, Task } from "../../src/core/plan.ts";
import { noSandboxLimits, type RunSettings } from "../../src/core/run-settings.ts";
import type { RunState } from "../../src/core/run-state.ts";
import { noSpend } from "../../src/core/usage.ts";
import type { Finding, GateVerdict } from "../../src/core/verdict.ts";

export const startAt: number = Date.UTC(2026, 2, 4, 12, 0, 0);
const base = "ba5e000000000000000000000000000000000000";

export function aTask(id: string, given: Partial<Task> = {}): Task {
  const title = `The ${id} of it`;
  const rest = {
    touches: [`src/${id}.ts`],
    acceptance: ["it works"],
    body: "Make it work.",
    done: false,
    line: 3,
  };
  return { id, title, role: "implement", needs: [], ...rest, ...given };
}

export function aPlan(tasks: Task[]): Plan {
  return {
    title: "Sign-in with passkeys",
    prd: "People sign in.",
    tasks,
    source: { file: "plan.md", format: "plan" },
  };
}

const worker = ["anthropic/claude-opus-5-5"];

export function someSettings(given: Partial<RunSettings> = {}): RunSettings {
  return {
    slots: 4,
    gateSlots: 2,
    maxAttempts: 3,
    budgetUsd: 20,
    limits: { turns: 80, tokens: null, usd: null, ms: 3_600_000, stallMs: 300_000 },
    models: { plan: worker, research: worker, implement: worker, review: ["openai/gpt-5"], resolve: worker },
    agents: apiForEveryRole,
    programs: {},
    cassette: null,
    providers: {},
    gates: ["types", "test"].map((name) => ({
      name,
      command: `npm run ${name}`,
      timeoutMs: 60_000,
      network: false,
    })),
    setup: null,
    portBase: 4100,
    portsPerWorktree: 10,
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
    ...given,
  };
}

export const green: GateVerdict = {
  type: "passed",
  gate: "types",
  command: "npm run types",
  ms: 3200,
  cached: false,
};
const red: GateVerdict = {
  type: "failed",
  gate: "test",
  command: "npm run test",
  ms: 8100,
  cached: false,
  exitCode: 1,
  excerpt: "FAIL  2 tests\nsrc/login.test.ts:14 expected 200 to be 401",
  log: "logs/login-1-test.log",
};

const aFinding: Finding = {
  severity: "blocking",
  confidence: 92,
  file: "src/login.ts",
  line: 14,
  quote: "return true",
  title: "the token is never checked",
  why: "Everybody gets in.",
};

/** Numbers and dates the bodies: one event every `stepMs`. */
export function asEvents(bodies: readonly EventBody[], stepMs: number = 20_000): RunEvent[] {
  return bodies.map((body, index) => ({ seq: index + 1, at: startAt + index * stepMs, ...body }));
}

/** Every event with the state that follows from it. */
export function played(events: readonly RunEvent[]): { event: RunEvent; state: RunState }[] {
  let state: RunState | null = null;
  return events.map((event) => {
    state = applyEvent(state, event);
    return { event, state };
  });
}

export function stateAfter(events: readonly RunEvent[]): RunState {
  const last = played(events).at(-1);
  if (last === undefined) throw new Error("no events");
  return last.state;
}

export function started(tasks: Task[], settings: RunSettings = someSettings()): EventBody {
  return {
    type: "run.started",
    run: "7f3k",
    plan: aPlan(tasks),
    settings,
    base: { branch: "main", commit: base },
    planning: noSpend,
  };
}

export function attempt(task: string, attemptNumber: number = 1): EventBody {
  const rest = { assignment: { type: "fresh" }, worktree: 1, thread: 1, role: "implement", base } as const;
  return { type: "attempt.started", task, attempt: attemptNumber, ...rest };
}

export function called(
  task: string | null,
  usd: number | null,
  model: string = "anthropic/claude-opus-5-5",
): EventBody {
  const usage = { inputTokens: 2300, cacheReadTokens: 41_000, cacheWriteTokens: 1200, outputTokens: 940 };
  return { type: "model.called", task, role: "implement", model, usage, usd, ms: 5300 };
}

const commit = (letter: string): string => letter.repeat(40);

/** A run in which everything happens that can happen: each type of event at least once. */
const aFlag: Flag = {
  kind: "suppressed",
  file: "src/session.ts",
  line: 3,
  quote: "// @ts-ignore",
  why: "the compiler is told to look away",
  id: "f1a9",
};

export function eventfulRun(
  settings: RunSettings = someSettings({ agents: { ...apiForEveryRole, implement: "claude" } }),
): EventBody[] {
  const tasks = [
    aTask("session"),
    aTask("login", { needs: ["session"] }),
    aTask("survey", { role: "research" }),
    aTask("docs", { needs: ["login"] }),
    aTask("admin"),
    aTask("audit", { needs: ["admin"] }),
    aTask("theme"),
  ];
  const handover = { files: ["src/session.ts"], note: "Sessions last a day." };
  const review = { model: "openai/gpt-5", sameModel: false } as const;
  const question = { id: 1, kind: "worker", task: "login", text: "Strict or Lax cookies?" } as const;
  return [
    started(tasks, settings),
    { type: "baseline.finished", verdicts: [green] },
    attempt("session"),
    attempt("survey"),
    called("session", 0.31),
    {
      type: "agent.started",
      task: "session",
      role: "implement",
      agent: "claude",
      credentials: "own",
      session: "5e55-10",
    },
    {
      type: "model.left",
      task: "session",
      role: "implement",
      model: "anthropic/claude-opus-5-5",
      reason: "anthropic/claude-opus-5-5: quota: no credit left",
      next: "openai/gpt-5.5",
    },
    { type: "tools.withheld", task: "session", role: "implement", agent: "codex", names: ["web_search"] },
    {
      type: "provider.paused",
      provider: "anthropic",
      until: startAt + 7_200_000,
      reason: "anthropic/claude-opus-5-5: quota: no credit left",
    },
    { type: "provider.resumed", provider: "anthropic" },
    { type: "worker.finished", task: "session", commit: commit("a"), ...handover },
    { type: "gates.finished", task: "session", commit: commit("a"), on: "task", verdicts: [green, red] },
    attempt("session", 2),
    called("session", null),
    { type: "note.added", task: "session", text: "Keep it short." },
    { type: "note.delivered", task: "session", text: "Keep it short." },
    { type: "worker.finished", task: "session", commit: commit("b"), ...handover },
    { type: "gates.finished", task: "session", commit: commit("b"), on: "task", verdicts: [green] },
    {
      type: "gates.compared",
      task: "session",
      commit: commit("b"),
      base,
      files: ["package.json"],
      verdicts: [green, red],
    },
    { type: "change.flagged", task: "session", commit: commit("b"), flags: [aFlag] },
    {
      type: "review.finished",
      task: "session",
      commit: commit("b"),
      ...review,
      verdict: { type: "rejected", findings: [aFinding], summary: "Not yet." },
    },
    attempt("session", 3),
    { type: "worker.finished", task: "session", commit: commit("c"), ...handover },
    { type: "gates.finished", task: "session", commit: commit("c"), on: "task", verdicts: [green] },
    {
      type: "review.finished",
      task: "session",
      commit: commit("c"),
      ...review,
      verdict: { type: "approved", findings: [], summary: "Good." },
    },
    { type: "merge.started", task: "session" },
    { type: "merge.conflicted", task: "session", files: ["src/session.ts"], onto: base },
    { type: "merge.deferred", task: "session" },
    { type: "merge.ejected", task: "session", landed: ["survey"] },
    { type: "merge.stale", task: "session", tip: commit("d") },
    { type: "merge.prepared", task: "session", candidate: commit("e"), onto: base },
    { type: "gates.finished", task: "session", commit: commit("e"), on: "merge", verdicts: [green] },
    { type: "task.merged", task: "session", commit: commit("e") },
    { type: "worker.finished", task: "survey", commit: null, files: [], note: "Use WebAuthn." },
    { type: "task.done", task: "survey", note: "Use WebAuthn." },
    attempt("login"),
    { type: "question.asked", question: { ...question, options: ["Strict", "Lax"], default: null } },
    attempt("admin"),
    {
      type: "attempt.failed",
      task: "admin",
      failure: { kind: "stall", reason: "silent for 5 minutes", hint: "try a smaller task" },
    },
    { type: "task.failed", task: "admin", reason: "gave up after 3 attempts" },
    { type: "task.skipped", task: "audit", because: "admin" },
    { type: "task.canceled", task: "theme" },
    { type: "run.interrupted", signal: "SIGINT" },
    { type: "run.resumed", pid: 4242 },
    { type: "question.answered", answer: { question: 1, text: "Strict", by: "person" } },
    { type: "task.retried", task: "theme", note: "with the new palette" },
    { type: "task.canceled", task: "theme" },
    { type: "task.failed", task: "login", reason: "the budget is spent" },
    { type: "task.skipped", task: "docs", because: "login" },
    {
      type: "run.delivered",
      delivery: { type: "left", reason: "main has moved on", command: "git merge agentx/7f3k/integration" },
      pullRequest: null,
    },
    { type: "run.finished" },
  ];
}
