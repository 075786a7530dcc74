import { describe, expect, test } from "vitest";
import { AgentxError } from "../../src/core/error.ts";
import { createJsonReporter } from "../../src/report/json.ts";
import { renderError } from "../../src/report/error.ts";
import { createPlainReporter } from "../../src/report/plain.ts";
import { renderPlanTable } from "../../src/report/plan-table.ts";
import { renderQuestions } from "../../src/report/questions.ts";
import { renderRunReport } from "../../src/report/run-report.ts";
import { renderStatus } from "../../src/report/status.ts";
import { aStanding } from "./a-standing.ts";
import { renderStory } from "../../src/report/story.ts";
import { renderTaskLog } from "../../src/report/task-log.ts";
import { createPaint } from "../../src/report/paint.ts";
import { renderView } from "../../src/report/view.ts";
import { asEvents, eventfulRun, played, someSettings, startAt } from "./a-run.ts";
import { aView } from "./a-view.ts";
import { forbidden, hostile, poisoned } from "./hostile.ts";

const events = poisoned(asEvents(eventfulRun(someSettings({ unsafeNoSandbox: true }))));
const steps = played(events);
const states = steps.map(({ state }) => state);
const width = 80;
const colors = false;
const answered = new Map<number, string>();
const since = new Map<string, number>();

function printedBy(create: typeof createPlainReporter | typeof createJsonReporter): string {
  let text = "";
  const reporter = create({ write: (part) => (text += part), colors, startedAt: startAt });
  for (const { event, state } of steps) reporter.onEvent(event, state);
  reporter.onActivity({ type: "worker.activity", task: "login", text: hostile });
  reporter.close();
  return text;
}

describe("a hostile text has no power in", () => {
  const renderers: [name: string, render: () => string][] = [
    ["the plain lines", () => printedBy(createPlainReporter)],
    ["the json lines", () => printedBy(createJsonReporter)],
    [
      "the live view",
      () => {
        const activities = new Map(
          [...(states[0]?.tasks.keys() ?? [])].map((id) => [id, { text: hostile, at: startAt }]),
        );
        const prompt = { question: 1, typed: hostile, refused: hostile };
        return states.map((state) => renderView(aView(state, { activities, prompt }))).join("\n");
      },
    ],
    [
      "the story",
      () =>
        steps
          .flatMap(({ event, state }) => renderStory(event, { state, width, paint: createPaint(colors) }))
          .join("\n"),
    ],
    ["the run report", () => states.map((state) => renderRunReport({ events, state })).join("\n")],
    [
      "the plan table",
      () =>
        states
          .slice(0, 1)
          .map(({ plan }) =>
            renderPlanTable({
              plan,
              workerOf: () => hostile,
              estimate: [hostile],
              width: 200,
              colors,
            }),
          )
          .join("\n"),
    ],
    [
      "the status",
      () =>
        states
          .map((state) =>
            renderStatus({
              standing: aStanding(state, { startedAt: startAt, since }),
              answered,
              now: startAt,
              pid: null,
              width,
              colors,
            }),
          )
          .join("\n"),
    ],
    [
      "the questions",
      () => states.map((state) => renderQuestions({ state, answered, width, colors })).join("\n"),
    ],
    [
      "a task's log",
      () => {
        const transcript = [{ role: hostile, text: hostile, calls: [hostile] }];
        return [...(states[0]?.tasks.keys() ?? [])]
          .map((task) => renderTaskLog({ task, events, transcript, width, colors }))
          .join("\n");
      },
    ],
    [
      "an error",
      () =>
        renderError(
          new AgentxError(hostile, [
            { where: hostile, what: hostile, hint: hostile },
            { where: "", what: hostile, hint: "" },
          ]),
          { colors },
        ),
    ],
  ];

  test.each(renderers)("%s", (_name, render) => {
    const text = render();
    expect(text.includes("evil")).toBe(true);
    expect(forbidden.exec(text)?.[0]).toBeUndefined();
  });
});
