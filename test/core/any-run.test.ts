import fc from "fast-check";
import { expect, test } from "vitest";
import { actionKey } from "../../src/core/action.ts";
import { applyEvent, replay } from "../../src/core/apply-event.ts";
import type { RunEvent } from "../../src/core/event.ts";
import { nextActions } from "../../src/core/next-actions.ts";
import { waitsForProvider } from "../../src/core/pause.ts";
import {
  endedWell,
  hasEnded,
  openQuestions,
  type RunState,
  type TaskRecord,
} from "../../src/core/run-state.ts";
import { anyGates as gates, anyPlan, playOn } from "../support/any-run.ts";
import { CoreRun } from "../support/core-run.ts";

/** Tasks that began to merge a commit with a flag that no person let through. */
function mergedWithoutWord({ events }: CoreRun): string[] {
  const found: string[] = [];
  const open = new Map<string, string[]>();
  const asked = new Map<number, string>();
  const allowed = new Map<string, Set<string>>();
  for (const event of events) {
    // Every commit of a task has one name here, so what was found in it stays found.
    if (event.type === "change.flagged")
      open.set(
        event.task,
        event.flags.map(({ id }) => id),
      );
    if (event.type === "question.asked" && event.question.kind === "protected")
      asked.set(event.question.id, event.question.task ?? "");
    if (event.type === "question.answered" && event.answer.text === "merge it") {
      const task = asked.get(event.answer.question);
      const ids = allowed.get(task ?? "") ?? new Set();
      for (const id of open.get(task ?? "") ?? []) ids.add(id);
      if (task !== undefined) allowed.set(task, ids);
    }
    if (event.type !== "merge.started") continue;
    if (open.get(event.task)?.some((id) => allowed.get(event.task)?.has(id) !== true)) found.push(event.task);
  }
  return found;
}

/** Tasks that were started fresh, each with the state before. */
function freshStarts({ events }: CoreRun): { before: RunState; started: TaskRecord }[] {
  const found: { before: RunState; started: TaskRecord }[] = [];
  let state: RunState | null = null;
  for (const event of events) {
    const before: RunState | null = state;
    state = applyEvent(before, event);
    const started = event.type === "attempt.started" ? before?.tasks.get(event.task) : undefined;
    if (before !== null && started?.attempts === 0) found.push({ before, started });
  }
  return found;
}

type Start = ReturnType<typeof freshStarts>[number];

/** Whether twice as many tasks as there are slots were begun and waited for nobody. */
function isBeyondRoom({ before }: Start): boolean {
  const begun = [...before.tasks.values()].filter(
    (record) =>
      record.attempts > 0 &&
      !hasEnded(record.state) &&
      record.state.type !== "blocked" &&
      !waitsForProvider(before, record),
  );
  return begun.length >= 2 * before.settings.slots;
}

/** Whether another task that touches the same was under way. */
function isBesideTheSame({ before, started }: Start): boolean {
  const underWay = ["working", "gating", "reviewing", "held", "queued", "merging"];
  const isTouched = (place: string): boolean =>
    started.task.touches.some((touch) => touch.startsWith(place) || place.startsWith(touch));
  return [...before.tasks.values()].some(
    (record) =>
      record !== started && underWay.includes(record.state.type) && record.task.touches.some(isTouched),
  );
}

/** Tasks that could start and do not, while nothing is begun that could go on without the person. */
function leftLying(run: RunState): string[] {
  const records = [...run.tasks.values()];
  const isHeld = openQuestions(run).some(({ task: of }) => of === null);
  if (run.phase !== "running" || isHeld || run.pauses.size > 0) return [];
  const isIdle = ({ state, attempts }: (typeof records)[number]): boolean =>
    hasEnded(state) || state.type === "blocked" || (state.type === "pending" && attempts === 0);
  if (!records.every(isIdle)) return [];
  return records
    .filter(({ state }) => state.type === "pending")
    .filter(({ task: { needs } }) =>
      needs.every((need) => {
        const needed = run.tasks.get(need);
        return needed !== undefined && endedWell(needed.state);
      }),
    )
    .map(({ task: { id } }) => id);
}

function startedTooEarly(run: RunState): string[] {
  return [...run.tasks.values()]
    .filter(({ state }) => !["pending", "skipped", "canceled"].includes(state.type))
    .filter(({ task: { needs } }) =>
      needs.some((need) => {
        const needed = run.tasks.get(need);
        return needed === undefined || !endedWell(needed.state);
      }),
    )
    .map(({ task: { id } }) => id);
}

test("whatever comes of the actions, a run keeps its rules and comes to an end", () => {
  fc.assert(
    fc.property(
      anyPlan,
      fc.integer({ min: 1, max: 4 }),
      fc.infiniteStream(fc.nat(1000)),
      (tasks, slots, dice) => {
        const run = new CoreRun(tasks, { slots, gates });
        const roll = (): number => dice.next().value ?? 0;
        for (let step = 0; run.state.phase !== "finished"; step += 1) {
          expect(step).toBeLessThan(2000);
          expect(leftLying(run.state)).toEqual([]);
          const records = [...run.state.tasks.values()];
          const actions = nextActions(run.state);
          expect(new Set(actions.map(actionKey)).size).toBe(actions.length);
          expect(records.filter((record) => record.state.type === "working").length).toBeLessThanOrEqual(
            slots,
          );
          const merging = records.filter((record) => record.state.type === "merging");
          expect(merging.map((record) => record.task.id).toSorted()).toEqual(run.state.line.toSorted());
          expect(startedTooEarly(run.state)).toEqual([]);
          const held = records
            .filter((record) => !hasEnded(record.state))
            .flatMap((record) => record.worktree ?? []);
          expect(new Set(held).size).toBe(held.length);
          run.at += roll();
          playOn(run, roll);
        }
        expect(mergedWithoutWord(run)).toEqual([]);
        expect(freshStarts(run).filter((start) => isBeyondRoom(start) || isBesideTheSame(start))).toEqual([]);
        const merges = run.events.filter((event) => event.type === "task.merged").map((event) => event.task);
        expect(new Set(merges).size).toBe(merges.length);
        const journal = run.events.map((event, index): RunEvent => ({ seq: index + 1, ...event }));
        expect(replay(journal)).toEqual(run.state);
      },
    ),
    { numRuns: 300 },
  );
});
