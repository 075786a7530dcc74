import { describe, expect, it } from "vitest";
import { readPlan } from "../../src/formats/detect.ts";
import { parsePlan } from "../../src/formats/plan-md.ts";
import { printPlan } from "../../src/formats/plan-md-print.ts";
import { fixture, needsOf, planOf, problemsOf } from "./helpers.ts";

const read =
  (file: string, value: unknown): (() => unknown) =>
  () =>
    readPlan({ file, text: typeof value === "string" ? value : JSON.stringify(value, null, 2) });

describe("a Ralph prd.json", () => {
  it("runs its open stories by priority, or as its dependencies say", () => {
    const plan = planOf("ralph-prd.json");
    expect(plan).toMatchObject({ title: "Recipe box", source: { format: "ralph-json" } });
    expect(needsOf(plan)).toEqual(["us-001:", "us-002:", "us-003: us-002", "us-004: us-002"]);
    expect(plan.tasks.map((task) => task.done)).toEqual([true, false, false, false]);
    expect(plan.tasks[1]?.line).toBe(6);
  });

  it("says which value has another shape, and where", () => {
    const text = '{\n  "userStories": [\n    { "id": "US-1", "title": 7 },\n    { "title": "B" }\n  ]\n}';
    const found = problemsOf(read("prd.json", text));
    expect(found).toHaveLength(2);
    expect(found[0]).toMatch(/^prd\.json:3: userStories\[0\]\.title: /);
    expect(found[1]).toMatch(/^prd\.json:4: userStories\[1\]\.id: expected a text or a number/);
  });
});

describe("a Ralph PRD", () => {
  it("has a task for each story, done when all its criteria are ticked", () => {
    const plan = planOf("prd-shopping-list.md");
    expect(plan).toMatchObject({ title: "Shopping list", source: { format: "ralph-prd" } });
    expect(needsOf(plan)).toEqual(["us-001:", "us-002:", "us-003: us-002"]);
    expect(plan.tasks[1]).toMatchObject({
      title: "Add up equal ingredients",
      acceptance: ["200 g and 300 g become 500 g", "Typecheck passes"],
      body: "As a cook, I want one line for all the flour.",
    });
    expect(plan.prd).toContain("FR-1: The list is sorted by aisle");
  });
});

describe("a Dispatch checklist", () => {
  it("is worked through from top to bottom; what waits or went wrong is still to be done", () => {
    const plan = planOf("dispatch-plan.md");
    expect(plan.source.format).toBe("dispatch");
    expect(plan.tasks.map((task) => task.done)).toEqual([true, false, false, false, false]);
    expect(plan.tasks.map((task) => task.needs.length)).toEqual([0, 0, 1, 1, 1]);
    expect(plan.tasks[2]?.body).toBe("Blocked: which version of the manual?");
    expect(plan.tasks[3]).toMatchObject({
      title: "Run the sandbox payments",
      body: "the test key is rejected",
    });
    expect(plan.prd).toContain("refunds matter most");
  });

  it("with keys of a plan.md is one whose heading was forgotten, and is refused at the first key", () => {
    const text = "# T\n\n- [ ] One `#one`\n> a note\n  - touches: a.txt\n- [ ] Two\n  - needs: one\n";
    expect(() => readPlan({ text, file: "plan.md" })).toThrow(/^plan\.md:5: "touches" .+\n.+Write ## Tasks/);
    const prose = text.replaceAll(/touches|needs/g, "note");
    expect(readPlan({ text: prose, file: "plan.md" })?.tasks).toHaveLength(2);
  });
});

describe("a Taskmaster tasks.json", () => {
  it("keeps its dependencies; subtasks come before their task and after what it needs", () => {
    const plan = planOf("taskmaster-legacy.json");
    expect(plan).toMatchObject({ title: "Bird feeder", source: { format: "taskmaster" } });
    expect(needsOf(plan)).toEqual([
      "1:",
      "2: 1, 2-1, 2-2, 2-3",
      "2-1:",
      "2-2: 1, 2-1",
      "2-3: 1, 2-2",
      "3: 2",
      "5:",
    ]);
    expect(plan.tasks.filter((task) => task.done).map((task) => task.id)).toEqual(["1", "2-1", "5"]);
    expect(plan.tasks[3]?.acceptance).toEqual(["no message at night", "none twice"]);
    expect(plan.tasks[1]?.acceptance).toEqual(["An empty scale sends one message a day."]);
  });

  it("is read by its tag master", () => {
    expect(needsOf(planOf("taskmaster-tagged.json"))).toEqual(["1:", "2: 1"]);
  });

  it("says when an open task needs a deferred one, or a status is unknown", () => {
    const tasks = [
      { id: 1, title: "A", status: "deferred" },
      { id: 2, title: "B", status: "pendin", dependencies: [1] },
    ];
    expect(problemsOf(read("tasks.json", { tasks }))).toEqual([
      'tasks.json:8: "2" has the unknown status "pendin"\n  Did you mean "pending"?',
      'tasks.json:8: "2" needs "1", which is deferred\n  Take it up again, or remove the dependency.',
    ]);
  });
});

describe("a spec-kit tasks.md", () => {
  it("runs neighbours marked [P] side by side, everything else in order, phase after phase", () => {
    const plan = planOf("spec-kit-tasks.md");
    expect(plan).toMatchObject({ title: "Reading list", source: { format: "spec-kit" } });
    expect(needsOf(plan)).toEqual([
      "t001:",
      "t002:",
      "t003: t002",
      "t004: t003",
      "t005: t003",
      "t006: t004, t005",
      "t007: t006",
      "t008: t007, t004, t005",
    ]);
    expect(plan.tasks[0]?.done).toBe(true);
  });

  it("is told from a plan.md by its marks where it has a heading for its tasks", () => {
    const format = (list: string): string | undefined =>
      readPlan({ text: `## Tasks\n\n${list}`, file: "tasks.md" })?.source.format;
    expect(format("- [ ] T001 A\n- [ ] T002 [P] B\n")).toBe("spec-kit");
    expect(format("- [ ] T001 A\n- [ ] T002 B\n")).toBe("plan");
  });

  it("touches the paths that its words name", () => {
    const touches = planOf("spec-kit-tasks.md").tasks.map((task) => task.touches.join());
    expect(touches).toEqual([
      "",
      "package.json",
      "src/lint/rules.ts",
      "src/models/book.ts",
      "src/models/shelf.ts",
      "src/services/**",
      "test/contract/keep.test.ts",
      "",
    ]);
  });
});

describe("every neighbour's plan", () => {
  it.each([
    "ralph-prd.json",
    "prd-shopping-list.md",
    "dispatch-plan.md",
    "taskmaster-legacy.json",
    "spec-kit-tasks.md",
  ])("%s can be printed as a plan.md that says the same", (name) => {
    const plan = planOf(name);
    const again = parsePlan({ text: printPlan(plan), file: "plan.md" });
    const bare = (tasks: typeof plan.tasks): unknown => tasks.map((task) => ({ ...task, line: 0 }));
    expect(bare(again.tasks)).toEqual(bare(plan.tasks));
  });

  it("is free text when it has no tasks of any form", () => {
    expect(readPlan({ text: fixture("free-text-prd.md"), file: "prd.md" })).toBeNull();
    expect(readPlan({ text: "{ braces } begin this prose", file: "prd.md" })).toBeNull();
    expect(readPlan({ text: "# T\n\n## Tasks\n\nTo be found.", file: "plan.md" })).toBeNull();
  });
});

describe("JSON that can not be read says where", () => {
  const cases: [string, string][] = [
    ['{\n  "tasks": [1,]\n}', 'x.json:2:14: nothing follows this ","'],
    ['{"tasks": [}', 'x.json:1:12: expected a value, found "}"'],
    ['{"tasks" []}', 'x.json:1:10: expected ":" after "tasks", found "["'],
    ['{\n"a": "b\n"}', "x.json:2:6: this string has no end, or holds a line end or a wrong escape"],
    ['{"a": 1', 'x.json:1:8: expected "," or "}", found the end of the file'],
    ["{} {}", 'x.json:1:4: expected the end of the file, found "{"'],
    ["[".repeat(150), "x.json:1:102: more than 100 levels deep"],
  ];
  it.each(cases)("%j", (text, expected) => {
    expect(problemsOf(read("x.json", text))[0]?.split("\n")[0]).toBe(expected);
  });

  it("and that it is none of the known forms", () => {
    expect(problemsOf(read("x.json", [1]))[0]).toContain(
      'has neither "userStories" (Ralph) nor "tasks" (Taskmaster)',
    );
  });
});
