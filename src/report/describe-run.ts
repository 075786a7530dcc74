import type { Delivery, EventOf } from "../core/event.ts";
import { plainLine } from "../core/plain-text.ts";
import {
  type RunState,
  type TaskRecord,
  type TaskState,
  endedBadly,
  hasEnded,
  openQuestions,
} from "../core/run-state.ts";
import { commands } from "./commands.ts";
import { counted, formatMoment, formatRunSpend, shortCommit } from "./format.ts";

/** `7f3 started: "Login" from plan.md, 12 tasks, 4 at a time`. */
export function describeStart({
  run,
  plan,
  settings,
}: Pick<EventOf<"run.started">, "run" | "plan" | "settings">): string {
  const title = `"${plainLine(plan.title)}" from ${plainLine(plan.source.file)}`;
  return `${plainLine(run)} started: ${title}, ${counted(plan.tasks.length, "task")}, ${settings.slots} at a time`;
}

/** Where the work is now, seen from the person's own branch. */
export function describeDelivery(delivery: Delivery): string {
  switch (delivery.type) {
    case "fast-forwarded":
      return `${plainLine(delivery.branch)} fast-forwarded to ${shortCommit(delivery.commit)}`;
    case "left":
      return `your branch was left alone: ${plainLine(delivery.reason)}. Take the work with: ${plainLine(delivery.command)}`;
    case "nothing":
      return "nothing to deliver";
  }
}

/** `anthropic is left alone until 2026-03-04 14:30`. */
export function describePause({ provider, until }: { provider: string; until: number }): string {
  return `${plainLine(provider)} is left alone until ${formatMoment(until)}`;
}

/** How many tasks are in each state, in the order of the road; absent states are absent. */
export function countStates(types: Iterable<TaskState["type"]>): Map<TaskState["type"], number> {
  const counts = new Map<TaskState["type"], number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}

/** `12 merged, 1 failed, 3 pending`. */
export function describeCounts(run: RunState): string {
  const counts = countStates(typesOf(run));
  return [...roadOrder]
    .flatMap((type) => (counts.has(type) ? [`${counts.get(type)} ${type}`] : []))
    .join(", ");
}

const roadOrder: readonly TaskState["type"][] = [
  "merged",
  "done",
  "blocked",
  "working",
  "gating",
  "reviewing",
  "held",
  "queued",
  "merging",
  "pending",
  "failed",
  "canceled",
  "skipped",
];

/** What of a run tells how to go on with it. */
type Ongoing = Pick<RunState, "run" | "phase" | "questions" | "delivery"> & {
  /** Ids of the tasks that can be retried, and whether any has not ended. */
  retriable: readonly string[];
  isOpen: boolean;
};

export function* typesOf({ tasks }: RunState): Generator<TaskState["type"]> {
  for (const { state } of tasks.values()) yield state.type;
}

export function ongoing(state: RunState): Ongoing {
  const { run, phase, questions, delivery, tasks } = state;
  const records = [...tasks.values()];
  const retriable = records.filter(({ state: { type } }) => type === "failed" || type === "canceled");
  return {
    run,
    phase,
    questions,
    delivery,
    retriable: retriable.map(({ task }) => task.id),
    isOpen: records.some((record) => !hasEnded(record.state)),
  };
}

/**
 * Commands with which the person can go on from here, each with its reason; none when all has ended well.
 * @param answered questions whose answers wait for the run to go on
 */
export function nextSteps(
  run: Ongoing,
  answered: ReadonlyMap<number, string> = new Map(),
): { command: string; why: string }[] {
  const unanswered = openQuestions(run).filter(({ id }) => !answered.has(id));
  const steps = unanswered.map(({ id }) => ({ command: commands.answer(id), why: `answer question ${id}` }));
  for (const id of run.retriable)
    steps.push({ command: commands.retry(id), why: `try ${plainLine(id)} again` });
  if (run.phase !== "finished" && run.isOpen) {
    steps.push({ command: commands.resume(run.run), why: "go on with the run" });
  }
  if (run.delivery?.type === "left") {
    steps.push({ command: plainLine(run.delivery.command), why: "take the work onto your branch" });
  }
  return steps;
}

/** How a run stands or ended, in one clean line. */
export function describeOutcome(run: RunState): string {
  const counts = describeCounts(run);
  return `${counts === "" ? "no tasks" : counts} · ${formatRunSpend(run)}`;
}

/** Tasks that did not end well, and those that have not ended. */
export function leftOver(run: RunState): ReadonlyMap<string, TaskRecord> {
  return new Map([...run.tasks].filter(([, { state }]) => endedBadly(state) || !hasEnded(state)));
}
