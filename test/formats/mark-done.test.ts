import { describe, expect, it } from "vitest";
import { readPlan } from "../../src/formats/detect.ts";
import { markDone } from "../../src/formats/mark-done.ts";
import { fixture, planOf } from "./helpers.ts";

/** The lines that differ, as they are afterwards. */
function changes(before: string, after: string): string[] {
  const old = before.split("\n");
  return after.split("\n").filter((line, index) => line !== old[index]);
}

const cases: [string, string, string[]][] = [
  ["plan.md", "session", ["- [x] Add a session store `#session`"]],
  ["ralph-prd.json", "us-002", ['      "passes": true,']],
  [
    "ralph-prd.json",
    "us-004",
    ['      "dependencies": ["US-002"],', '      "passes": true', "    }", "  ]", "}", ""],
  ],
  ["prd-shopping-list.md", "us-002", ["- [x] Typecheck passes"]],
  ["dispatch-plan.md", "compare-with-the-bank-s-manual", ["- [x] Compare with the bank's manual"]],
  ["taskmaster-legacy.json", "2", ['      "status": "done",']],
  ["taskmaster-legacy.json", "2-2", ['          "status": "done",']],
  [
    "taskmaster-tagged.json",
    "1",
    ['      { "id": 1, "title": "Read the scale", "status": "done", "dependencies": [] },'],
  ],
  ["spec-kit-tasks.md", "t004", ["- [x] T004 [P] Create the book model in src/models/book.ts"]],
];

describe("ticking a task in its source", () => {
  it.each(cases)("changes nothing else in %s (%s)", (name, id, expected) => {
    const before = fixture(name);
    const { text, missing } = markDone({ text: before, plan: planOf(name), ids: [id] });
    expect(changes(before, text)).toEqual(expected);
    expect(missing).toEqual([]);
    expect(readPlan({ text, file: name })?.tasks.find((task) => task.id === id)?.done).toBe(true);
  });

  it.each(cases)("twice is the same as once in %s (%s)", (name, id) => {
    const once = markDone({ text: fixture(name), plan: planOf(name), ids: [id] }).text;
    expect(markDone({ text: once, plan: planOf(name), ids: [id, id] })).toEqual({ text: once, missing: [] });
  });

  it.each(cases)("keeps Windows line ends and a byte order mark in %s (%s)", (name, id) => {
    const text = fixture(name);
    const windows = (each: string): string => `\uFEFF${each.replaceAll("\n", "\r\n")}`;
    const expected = windows(markDone({ text, plan: planOf(name), ids: [id] }).text);
    expect(markDone({ text: windows(text), plan: planOf(name), ids: [id] }).text).toBe(expected);
  });

  it("ticks all tasks of every format, so that reading again finds nothing left", () => {
    for (const name of new Set(cases.map(([file]) => file))) {
      const plan = planOf(name);
      const { text } = markDone({ text: fixture(name), plan, ids: plan.tasks.map((task) => task.id) });
      expect(readPlan({ text, file: name })?.tasks.every((task) => task.done)).toBe(true);
    }
  });

  it("leaves out a task that was edited away, and says so", () => {
    const plan = planOf("plan.md");
    const text = fixture("plan.md")
      .replace("`#session`", "`#sessions`")
      .replace("- needs: schema", "- nonsense: x");
    expect(markDone({ text, plan, ids: ["session", "cleanup"] })).toEqual({
      text: text.replace("[ ] Look", "[x] Look"),
      missing: ["session"],
    });
  });

  it("leaves a text alone that is broken by now", () => {
    const plan = planOf("ralph-prd.json");
    expect(markDone({ text: "{ no", plan, ids: ["us-002"] })).toEqual({ text: "{ no", missing: ["us-002"] });
  });

  it("says that a story without criteria has nothing to tick", () => {
    const text = "# PRD\n\n### US-001: A\nJust do it.\n";
    const plan = readPlan({ text, file: "prd.md" });
    expect(plan && markDone({ text, plan, ids: ["us-001"] })).toEqual({ text, missing: ["us-001"] });
  });

  it("has nothing to tick in the PRD that a planner read", () => {
    const plan = { ...planOf("plan.md"), source: { file: "prd.md", format: "planner" as const } };
    expect(markDone({ text: "Prose.", plan, ids: ["session"] })).toEqual({ text: "Prose.", missing: [] });
  });
});
