import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import type { EventBody } from "../../src/core/event.ts";
import type { Question } from "../../src/core/question.ts";
import type { RunState } from "../../src/core/run-state.ts";
import { createPaint } from "../../src/report/paint.ts";
import { renderPlanTable } from "../../src/report/plan-table.ts";
import { renderQuestions } from "../../src/report/questions.ts";
import { renderStatus } from "../../src/report/status.ts";
import { aStanding } from "./a-standing.ts";
import { renderStory } from "../../src/report/story.ts";
import { renderSummary } from "../../src/report/summary.ts";
import { renderTaskLog } from "../../src/report/task-log.ts";
import { renderView } from "../../src/report/view.ts";
import {
  aTask,
  asEvents,
  attempt,
  called,
  eventfulRun,
  played,
  someSettings,
  startAt,
  started,
} from "./a-run.ts";
import { aView } from "./a-view.ts";

/** What people and models write; terminals do not agree about the width of the rest. */
const characters = [
  ...Array.from("ab Z09-./ßéñ·…→√✓日本語テスト한국어中文Жש"),
  "e\u0301",
  "😀",
  "👩‍💻",
  "🇪🇺",
  "1️⃣",
  "𠮷",
];
const words = fc.oneof(
  fc.string({ unit: fc.constantFrom(...characters) }),
  fc.string({ unit: fc.constantFrom(...characters), minLength: 60, maxLength: 300 }),
  fc.constant("a".repeat(300)),
);
const size = {
  width: fc.integer({ min: 10, max: 160 }),
  height: fc.integer({ min: 4, max: 60 }),
  colors: fc.boolean(),
};

const someTasks = fc.array(
  fc.record({
    title: words,
    needs: fc.array(words, { maxLength: 3 }),
    begun: fc.boolean(),
    asks: fc.boolean(),
  }),
  {
    maxLength: 70,
  },
);

/** A run of tasks that have or have not begun, some of them with a question. */
function aCrowd(
  tasks: { title: string; needs: string[]; begun: boolean; asks: boolean }[],
  isSandboxed: boolean,
): RunState {
  const ids = tasks.map((_, index) => `task-${index}`);
  const begun = ids.filter((_, index) => tasks[index]?.begun);
  const asking = begun.filter((_, index) => tasks[index]?.asks);
  const events = asEvents([
    started(
      tasks.map(({ title, needs }, index) => aTask(`task-${index}`, { title, needs })),
      someSettings({ unsafeNoSandbox: !isSandboxed }),
    ),
    ...begun.flatMap((id) => [attempt(id), called(id, id.endsWith("1") ? null : 1.5)]),
    ...asking.map((task, index): EventBody => {
      const text = tasks[index]?.title ?? "";
      const question: Question = {
        id: index + 1,
        kind: "worker",
        task,
        text,
        options: [text, "no"],
        default: null,
      };
      return { type: "question.asked", question };
    }),
  ]);
  const last = played(events).at(-1);
  if (last === undefined) throw new Error("no events");
  return last.state;
}

function expectFits(text: string, width: number): void {
  for (const line of text.split("\n")) expect(stringWidth(line), line).toBeLessThanOrEqual(width);
}

describe("no line is wider than the terminal", () => {
  test("in the live view, which also leaves the cursor its line", () => {
    fc.assert(
      fc.property(
        fc.record({ ...size, isSandboxed: fc.boolean() }),
        someTasks,
        words,
        ({ isSandboxed, ...given }, tasks, typed) => {
          const state = aCrowd(tasks, isSandboxed);
          const activities = new Map([...state.tasks.keys()].map((id) => [id, { text: typed, at: startAt }]));
          const text = renderView(
            aView(state, { ...given, activities, prompt: { question: 1, typed, refused: typed } }),
          );
          expectFits(text, given.width);
          expect(text.split("\n").length).toBeLessThanOrEqual(given.height - 1);
        },
      ),
      { numRuns: 150 },
    );
  });

  test("in what is printed once", () => {
    fc.assert(
      fc.property(fc.record(size), someTasks, words, ({ width, colors }, tasks, text) => {
        const state = aCrowd(tasks, false);
        const { plan } = state;
        expectFits(
          renderStatus({
            standing: aStanding(state, { startedAt: startAt }),
            answered: new Map([[1, text]]),
            now: startAt,
            pid: null,
            width,
            colors,
          }),
          width,
        );
        expectFits(renderQuestions({ state, answered: new Map([[1, text]]), width, colors }), width);
        expectFits(
          renderPlanTable({
            plan,
            workerOf: () => text,
            estimate: [text],
            width,
            colors,
          }),
          width,
        );
        const transcript = [{ role: "assistant", text, calls: [text] }];
        expectFits(renderTaskLog({ task: "task-0", events: [], transcript, width, colors }), width);
      }),
      { numRuns: 60 },
    );
  });

  test("in the summary, which breaks between words; only a command is left whole", () => {
    const last = played(asEvents(eventfulRun())).at(-1);
    if (last === undefined) throw new Error("no events");
    const look = { ms: 0, paint: createPaint(false) };
    const whole = renderSummary({ state: last.state, ...look, width: Infinity }).join(" ");
    for (const width of [40, 60]) {
      const lines = renderSummary({ state: last.state, ...look, width });
      expectFits(lines.filter((line) => !/^ {2}(agentx|git) /.test(line)).join("\n"), width);
      expect(lines.join(" ").split(/\s+/)).toEqual(whole.split(/\s+/));
    }
  });

  test("in the story that scrolls away, at every point of a run", () => {
    for (const width of [20, 40, 80]) {
      for (const { event, state } of played(asEvents(eventfulRun()))) {
        const lines = renderStory(event, { state, width, paint: createPaint(true) });
        expectFits(lines.join("\n"), width);
        // Broken, not cut: what stays in the scrollback can be read at 40 columns.
        if (event.type === "task.failed" && width === 40)
          expect(stripVTControlCharacters(lines.join(" ")).replaceAll(/\s+/g, " ")).toContain(
            `failed: ${event.reason}`,
          );
      }
    }
  });
});
