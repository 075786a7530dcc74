import { completeSettings } from "./complete-settings.ts";
import type { EventOf } from "./event.ts";
import type { Task } from "./plan.ts";
import type { RunState, TaskRecord } from "./run-state.ts";
import { TaskTable } from "./task-table.ts";
import { noTiming } from "./timing/timing.ts";
import { noSpend } from "./usage.ts";

/** The state right after `run.started`. */
export function startRun(event: EventOf<"run.started">): RunState {
  return {
    run: event.run,
    plan: event.plan,
    settings: completeSettings(event.settings),
    base: event.base,
    personAt: event.base.commit,
    tip: event.base.commit,
    phase: event.settings.gates.length === 0 ? "running" : "baseline",
    tasks: TaskTable.of(event.plan.tasks, (task) => newRecord(task, event.settings.maxAttempts)),
    queue: [],
    line: [],
    landed: [],
    ejected: 0,
    flaky: [],
    questions: new Map(),
    knownRed: [],
    baseline: [],
    budgetUsd: event.settings.budgetUsd,
    hold: null,
    pauses: new Map(),
    spend: event.planning,
    spendByModel: new Map(),
    agents: new Map(),
    telling: new Set(),
    delivery: null,
    timing: noTiming,
    pullRequest: null,
  };
}

function newRecord(task: Task, maxAttempts: number): TaskRecord {
  return {
    task,
    state: task.done ? { type: "done" } : { type: "pending", next: { type: "fresh" } },
    attempts: 0,
    allowance: maxAttempts,
    stuck: "",
    thread: 1,
    role: "work",
    worktree: null,
    base: null,
    head: null,
    note: "",
    pendingNotes: [],
    flagged: null,
    allowed: [],
    session: null,
    writer: null,
    spend: noSpend,
  };
}
