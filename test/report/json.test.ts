import { expect, test } from "vitest";
import { createJsonReporter } from "../../src/report/json.ts";
import { asEvents, eventfulRun, played } from "./a-run.ts";
import { poisoned } from "./hostile.ts";

test("every event comes back from its line exactly as it was journaled, however hostile its text", () => {
  const events = poisoned(asEvents(eventfulRun()));
  const activity = poisoned({ type: "worker.activity", task: "login", text: "reads" } as const);
  let text = "";
  const reporter = createJsonReporter({ write: (part) => (text += part) });
  for (const { event, state } of played(events)) reporter.onEvent(event, state);
  reporter.onActivity(activity);
  reporter.close();
  const lines = text.trimEnd().split("\n");
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([...events, activity]);
});
