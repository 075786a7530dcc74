import fc from "fast-check";
import { expect, test } from "vitest";
import { actionKey, type Action } from "../../src/core/action.ts";
import { applyEvent, replay } from "../../src/core/apply-event.ts";
import type { EventBody, RunEvent } from "../../src/core/event.ts";
import { nextActions } from "../../src/core/next-actions.ts";
import { waitsForProvider } from "../../src/core/pause.ts";
import { endedWell, hasEnded, openQuestions, type RunState } from "../../src/core/run-state.ts";
import { CoreRun, done, empty, green, red, task } from "../support/core-run.ts";

/** What could come of an action; `dice` picks. */
function outcomeOf(action: Action, dice: number): EventBody[] {
  switch (action.type) {
    case "runBaseline":
      return [{ type: "baseline.finished", verdicts: [[red, empty, green, green][dice % 4] ?? green] }];
    case "work":
      if (dice % 7 === 0) return [done.asked(action.task)];
      if (dice % 7 === 1)
        return [
          {
            type: "attempt.failed",
            task: action.task,
            failure: { kind: dice % 2 === 0 ? "agent" : "provider", reason: "r", hint: "" },
          },
        ];
      if (dice % 7 === 3 && dice % 2 === 0)
        return [
          { type: "provider.paused", provider: "a", until: 5, reason: "r" },
          { type: "attempt.failed", task: action.task, failure: { kind: "paused", reason: "r", hint: "" } },
        ];
      if (dice % 7 === 2)
        return [{ type: "worker.finished", task: action.task, commit: null, files: [], note: "" }];
      return [done.worked(action.task)];
    case "gate":
      return [
        ...(dice % 3 === 1
          ? [
              done.compared(action.task),
              done.flagged(action.task, { kind: "own-checks", id: `o${dice % 4}` }),
            ]
          : []),
        done.gated(action.task, [[red, empty, green, green][dice % 4] ?? green]),
      ];
    case "review":
      if (dice % 11 === 0) {
        const models = dice % 2 === 0 ? ["a", "b"] : ["b"];
        return models.map((provider) => ({ type: "provider.paused", provider, until: 9, reason: "r" }));
      }
      return [
        ...(dice % 3 === 0 ? [done.flagged(action.task, { id: `f${dice % 5}` })] : []),
        [done.approved, done.rejected, done.noVerdict, done.approved][dice % 4]?.(action.task) ??
          done.approved(action.task),
      ];
    case "prepareMerge":
      if (dice % 4 !== 0) return [done.prepared(action.task, action.onto ?? "tip")];
      return action.onto === null
        ? [{ type: "merge.conflicted", task: action.task, files: ["f"], onto: "tip" }]
        : [{ type: "merge.deferred", task: action.task }];
    case "gateMerge": {
      const verdicts = [dice % 3 === 0 ? red : green];
      return [done.mergeGated(action.task, verdicts, action.again ? { again: true } : {})];
    }
    case "landMerge":
      return dice % 5 === 0
        ? [{ type: "merge.stale", task: action.merges.at(-1)?.task ?? "", tip: "moved" }]
        : action.merges.map(({ task: id }) => done.landed(id));
    case "waitForProvider":
      return [{ type: "provider.resumed", provider: action.provider }];
    case "deliver":
      return [{ type: "run.delivered", delivery: { type: "nothing" }, pullRequest: null }];
  }
}

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

/** Fresh tasks that were started while twice as many tasks as there are slots were begun and waited for nobody. */
function startedBeyondRoom({ events }: CoreRun): string[] {
  const found: string[] = [];
  let state: RunState | null = null;
  for (const event of events) {
    const before: RunState | null = state;
    state = applyEvent(before, event);
    if (before === null || event.type !== "attempt.started") continue;
    if (before.tasks.get(event.task)?.attempts !== 0) continue;
    const begun = [...before.tasks.values()].filter(
      (record) =>
        record.attempts > 0 &&
        !hasEnded(record.state) &&
        record.state.type !== "blocked" &&
        !waitsForProvider(before, record),
    );
    if (begun.length >= 2 * before.settings.slots) found.push(event.task);
  }
  return found;
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

const anyPlan = fc.integer({ min: 1, max: 7 }).chain((count) =>
  fc.tuple(
    ...Array.from({ length: count }, (_, index) =>
      fc
        .record({
          needs: fc.subarray(Array.from({ length: index }, (__, need) => `t${need}`)),
          touches: fc.subarray(["src/a.ts", "src/", "docs/x.md"]),
        })
        .map((fields) => task(`t${index}`, fields)),
    ),
  ),
);

const gates = [{ name: "test", command: "npm test", timeoutMs: 1, network: false }];

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
          for (const record of records) {
            const isStarted = !["pending", "skipped", "canceled"].includes(record.state.type);
            const needs = record.task.needs.map((need) => run.state.tasks.get(need)?.state);
            if (isStarted) expect(needs.every((need) => need !== undefined && endedWell(need))).toBe(true);
          }
          const held = records
            .filter((record) => !hasEnded(record.state))
            .flatMap((record) => record.worktree ?? []);
          expect(new Set(held).size).toBe(held.length);
          const action = actions[roll() % Math.max(1, actions.length)];
          const question = openQuestions(run.state)[0];
          if (action && (question === undefined || roll() % 2 === 0)) run.apply(...outcomeOf(action, roll()));
          else if (question)
            run.apply(
              done.answered(question.id, ["stop", "merge it", "go on 5", "send it back"][roll() % 4] ?? ""),
            );
          else throw new Error("nothing to do, nothing asked, and not finished");
        }
        expect(mergedWithoutWord(run)).toEqual([]);
        expect(startedBeyondRoom(run)).toEqual([]);
        const merges = run.events.filter((event) => event.type === "task.merged").map((event) => event.task);
        expect(new Set(merges).size).toBe(merges.length);
        const journal = run.events.map((event, index): RunEvent => ({ seq: index + 1, at: 0, ...event }));
        expect(replay(journal)).toEqual(run.state);
      },
    ),
    { numRuns: 300 },
  );
});
