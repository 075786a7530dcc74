import { expect, test } from "vitest";
import type { Action } from "../../src/core/action.ts";
import { applyEvent } from "../../src/core/apply-event.ts";
import type { EventBody, RunEvent } from "../../src/core/event.ts";
import type { RunState } from "../../src/core/run-state.ts";
import { type DispatcherPorts, type PerformContext, runDispatcher } from "../../src/engine/dispatcher.ts";
import { createRunControl } from "../../src/engine/run-control.ts";
import { CoreRun, done, task } from "../support/core-run.ts";

type Work = (action: Action, context: PerformContext) => Promise<EventBody[]>;

/** A dispatcher over actions that are played in this process, and everything that it journaled. */
function makeDispatcher(start: RunState, work: Work, changes: Partial<DispatcherPorts> = {}) {
  const events: RunEvent[] = [];
  const control = createRunControl();
  const inbox: EventBody[] = [];
  const append = (_: string, event: EventBody): RunEvent => {
    const appended: RunEvent = { seq: events.length + 1, at: 0, ...event };
    events.push(appended);
    return appended;
  };
  const ports: DispatcherPorts = {
    perform: work,
    append,
    takeRequests: (state, onEvent) => {
      for (const body of inbox.splice(0)) onEvent(append(state.run, body));
    },
    onEvent: () => {},
    onActivity: () => {},
    now: () => 0,
    control,
    waitForAnswers: false,
    ...changes,
  };
  const types = (): string[] => events.map((event) => event.type);
  return { run: () => runDispatcher(start, ports), events, types, control, inbox };
}

/** What goes well. */
async function goesWell(action: Action): Promise<EventBody[]> {
  switch (action.type) {
    case "work":
      return [done.worked(action.task)];
    case "gate":
      return [done.gated(action.task)];
    case "review":
      return [done.approved(action.task)];
    case "prepareMerge":
      return [done.prepared(action.task)];
    case "gateMerge":
      return [done.mergeGated(action.task)];
    case "landMerge":
      return action.merges.map(({ task: id }) => done.landed(id));
    case "deliver":
      return [{ type: "run.delivered", delivery: { type: "nothing" }, pullRequest: null }];
    case "runBaseline":
      return [{ type: "baseline.finished", verdicts: [] }];
    case "waitForProvider":
      return [{ type: "provider.resumed", provider: action.provider }];
  }
}

/** Rejects when it is aborted and never ends otherwise. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
  );
}

test("performs what is wanted until the run is finished", async () => {
  const dispatcher = makeDispatcher(new CoreRun([task("a"), task("b", { needs: ["a"] })]).state, goesWell);
  const state = await dispatcher.run();
  expect(state.phase).toBe("finished");
  expect(dispatcher.types().filter((type) => type === "task.merged")).toHaveLength(2);
});

test("goes on from a state in the middle just as from the start", async () => {
  const middle = new CoreRun([task("a")]).apply(done.worked("a"), done.gated("a")).state;
  const performed: string[] = [];
  const dispatcher = makeDispatcher(middle, (action) => {
    performed.push(action.type);
    return goesWell(action);
  });
  expect((await dispatcher.run()).phase).toBe("finished");
  expect(performed).toEqual(["review", "prepareMerge", "gateMerge", "landMerge", "deliver"]);
});

test("stops the work on a task that is canceled, and drops what still comes of it", async () => {
  let aborted = false;
  const dispatcher = makeDispatcher(new CoreRun([task("a")]).state, async (action, { signal }) => {
    if (action.type !== "work") return goesWell(action);
    dispatcher.inbox.push({ type: "task.canceled", task: "a" });
    dispatcher.control.wake();
    await untilAborted(signal).catch(() => {
      aborted = true;
    });
    return [done.worked("a")];
  });
  const state = await dispatcher.run();
  expect(aborted).toBe(true);
  expect(state.tasks.get("a")?.state.type).toBe("canceled");
  expect(dispatcher.types()).not.toContain("worker.finished");
});

test("numbers questions in the order in which they are journaled", async () => {
  const dispatcher = makeDispatcher(new CoreRun([task("a"), task("b")]).state, async (action) =>
    action.type === "work"
      ? [
          {
            type: "question.asked",
            question: { id: 0, kind: "worker", task: action.task, text: "?", options: [], default: null },
          },
        ]
      : goesWell(action),
  );
  const state = await dispatcher.run();
  expect([...state.questions.keys()]).toEqual([1, 2]);
});

test("after the first interrupt starts nothing new and lets what runs end; after the second stops it", async () => {
  const once = makeDispatcher(new CoreRun([task("a")]).state, async (action) => {
    once.control.interrupt("SIGINT");
    return goesWell(action);
  });
  expect((await once.run()).tasks.get("a")?.state.type).toBe("gating");
  expect(once.types()).toEqual(["run.interrupted", "worker.finished"]);

  const twice = makeDispatcher(new CoreRun([task("a")]).state, async (_, { signal }) => {
    twice.control.interrupt("SIGINT");
    twice.control.interrupt("SIGINT");
    return untilAborted(signal);
  });
  expect((await twice.run()).tasks.get("a")?.state.type).toBe("working");
});

test("throws what an action threw, after the others were stopped", async () => {
  let stopped = false;
  const dispatcher = makeDispatcher(new CoreRun([task("a"), task("b")]).state, async (action, { signal }) => {
    if (action.type === "work" && action.task === "a") throw new Error("disk full");
    await untilAborted(signal).catch(() => {
      stopped = true;
    });
    return [];
  });
  await expect(dispatcher.run()).rejects.toThrow("disk full");
  expect(stopped).toBe(true);
});

test("waits for an answer where somebody is there to give it", async () => {
  const asked = new CoreRun([task("a")]).apply(done.asked("a")).state;
  const dispatcher = makeDispatcher(asked, goesWell, { waitForAnswers: true });
  setTimeout(() => {
    dispatcher.inbox.push(done.answered(1, "blue"));
    dispatcher.control.wake();
  }, 20);
  const state = await dispatcher.run();
  expect(state.phase).toBe("finished");
  expect(dispatcher.events.reduce<RunState>((so, event) => applyEvent(so, event), asked)).toEqual(state);
});
