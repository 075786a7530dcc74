import type { EventBody } from "../../../src/core/event.ts";
import type { GateVerdict } from "../../../src/core/verdict.ts";
import { replay } from "../../../src/core/apply-event.ts";
import { writeStandingFile } from "../../../src/engine/standing-file.ts";
import { type Journal, openJournal } from "../../../src/journal/journal.ts";
import { keepStanding, standingText } from "../../../src/report/standing.ts";
import { plan, settings, task } from "../../support/core-run.ts";

const usage = { inputTokens: 1200, cacheReadTokens: 41_000, cacheWriteTokens: 300, outputTokens: 400 };
const spend = { usage, usd: 0.02, calls: 1, unpricedCalls: 0 };
const gates: GateVerdict[] = [
  { gate: "test", command: "npm test", ms: 4200, cached: false, type: "passed" },
  { gate: "lint", command: "npm run lint", ms: 900, cached: false, type: "passed" },
];
const turns = 4;

/** A run of so many tasks that have all merged, each with what a usual one leaves: fifteen events. */
export function writeLongJournal(folder: string, tasks: number): void {
  const ids = Array.from({ length: tasks }, (_, index) => `task-${index + 1}`);
  const started: EventBody = {
    type: "run.started",
    run: "long",
    plan: plan(
      ...ids.map((id) => task(id, { title: `Make ${id} do what it says`, body: "As agreed. ".repeat(9) })),
    ),
    settings: settings(),
    base: { branch: "main", commit: "b".repeat(40) },
    planning: spend,
  };
  using journal = openJournal({ folder });
  let at = Date.UTC(2026, 0, 1);
  journal.append({ run: "long", at, event: started });
  for (const id of ids) {
    at += 1000;
    journal.appendAll({ run: "long", at, events: eventsOf(id) });
  }
  keepAsDispatcher(folder, journal);
}

/** What a dispatcher leaves for whoever asks how the run stands. */
function keepAsDispatcher(folder: string, journal: Journal): void {
  const keeper = keepStanding();
  const events = journal.events("long");
  for (const event of events) keeper.add(event);
  const end = journal.end("long");
  if (end === null) throw new Error("the journal has no run");
  const body = Buffer.from(standingText(keeper.of(replay(events), () => [])));
  writeStandingFile({ folder, run: "long" }, { ...end, begunAt: 0, body });
}

function eventsOf(id: string): EventBody[] {
  const commit = id.padEnd(40, "0");
  const candidate = id.padEnd(40, "c");
  const called: EventBody = {
    type: "model.called",
    task: id,
    role: "implement",
    model: "a/i",
    usage,
    usd: 0.02,
    ms: 4000,
  };
  return [
    {
      type: "attempt.started",
      task: id,
      attempt: 1,
      assignment: { type: "fresh" },
      worktree: 1,
      thread: 1,
      role: "implement",
      base: "b".repeat(40),
    },
    ...Array.from({ length: turns }, () => called),
    {
      type: "worker.finished",
      task: id,
      commit,
      files: ["src/a.ts", "src/b.ts"],
      note: "It does what it says now.",
    },
    { type: "gates.finished", task: id, commit, on: "task", verdicts: gates },
    { ...called, role: "review", model: "b/v" },
    {
      type: "review.finished",
      task: id,
      commit,
      model: "b/v",
      sameModel: false,
      verdict: { type: "approved", findings: [], summary: "It does what the task asks." },
    },
    { type: "merge.started", task: id },
    { type: "merge.prepared", task: id, candidate, onto: "b".repeat(40) },
    { type: "gates.finished", task: id, commit: candidate, on: "merge", verdicts: gates },
    { type: "task.merged", task: id, commit: candidate },
  ];
}
