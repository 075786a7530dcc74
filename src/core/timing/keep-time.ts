import type { TimedEvent } from "../event.ts";
import { endedWell, hasEnded, type RunState, type TaskRecord } from "../run-state.ts";
import { estimatesFrom, isMaterial, type Sample, sizeOf } from "./estimate.ts";
import type { Clock } from "./timing.ts";

/** Enough for a median, and few enough that a run that got faster or slower is noticed. */
const keptSamples = 64;

/** Counts the time in which something is done for the event's task. Is given the draft as the event has left it. */
export function keepTime(draft: RunState, event: TimedEvent): void {
  if (event.type === "run.resumed") return startAgain(draft, event.at);
  const record = recordOf(draft, event);
  if (record === undefined) return;
  const { clocks } = draft.timing;
  if (event.type === "task.retried") return stopClock(draft, record);
  const clock = clocks.get(record.task.id);
  const ended = hasEnded(record.state);
  const goesOn = isGoingOn(record);
  if (goesOn === (clock !== undefined && clock.since !== null) && !(ended && clock)) return;
  const tookMs = (clock?.tookMs ?? 0) + passedMs(clock, event.at);
  if (!ended) {
    const next = new Map(clocks).set(record.task.id, { tookMs, since: goesOn ? event.at : null });
    draft.timing = { ...draft.timing, clocks: next };
    return;
  }
  stopClock(draft, record);
  if (endedWell(record.state)) learn(draft, record, tookMs);
}

function stopClock(draft: RunState, { task }: TaskRecord): void {
  const clocks = new Map(draft.timing.clocks);
  if (clocks.delete(task.id)) draft.timing = { ...draft.timing, clocks };
}

/** Nobody knows how much of the time before the interruption was used: what was going on begins anew. */
function startAgain(draft: RunState, at: number): void {
  const clocks = [...draft.timing.clocks].map(([task, clock]): [string, Clock] => [
    task,
    clock.since === null ? clock : { ...clock, since: at },
  ]);
  draft.timing = { ...draft.timing, clocks: new Map(clocks) };
}

function recordOf(draft: RunState, event: TimedEvent): TaskRecord | undefined {
  if (event.type === "question.asked") return draft.tasks.get(event.question.task ?? "");
  if (event.type === "question.answered")
    return draft.tasks.get(draft.questions.get(event.answer.question)?.question.task ?? "");
  return "task" in event ? draft.tasks.get(event.task ?? "") : undefined;
}

/** Not what waits for a slot, a provider or the person. */
function isGoingOn({ state: { type } }: TaskRecord): boolean {
  return (
    type === "working" || type === "gating" || type === "reviewing" || type === "queued" || type === "merging"
  );
}

/** A clock of the machine that was set back is no time less than none. */
function passedMs(clock: Clock | undefined, at: number): number {
  return clock === undefined || clock.since === null ? 0 : Math.max(0, at - clock.since);
}

function learn(draft: RunState, { task }: TaskRecord, ms: number): void {
  // What took no time says nothing about what does.
  if (ms === 0) return;
  const sample: Sample = { role: task.role, size: sizeOf(task), ms, estimateMs: task.estimateMs ?? null };
  const samples = [...draft.timing.samples, sample].slice(-keptSamples);
  const now = estimatesFrom(samples);
  if (!isMaterial(draft.timing.estimates, now)) {
    draft.timing = { ...draft.timing, samples };
    return;
  }
  draft.timing = { ...draft.timing, samples, estimates: now };
  draft.tasks = draft.tasks.estimated(now);
}
