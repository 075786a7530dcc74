import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parsePlan } from "../../src/formats/plan-md.ts";
import { printPlan } from "../../src/formats/plan-md-print.ts";
import { problemsOf, fixture } from "./helpers.ts";

const parse = (text: string): ReturnType<typeof parsePlan> => parsePlan({ text, file: "plan.md" });
const tasks = (lines: string): ReturnType<typeof parsePlan>["tasks"] => parse(`## Tasks\n${lines}`).tasks;
const problems = (text: string): string[] => problemsOf(() => parse(text));

describe("a plan.md", () => {
  it("is a title, prose, and tasks with what they say about themselves", () => {
    const plan = parse(fixture("plan.md"));
    expect(plan.title).toBe("Stay signed in");
    expect(plan.prd).toMatch(/^People lose their work[^]*## Out of scope\n\nSingle sign-on\.$/);
    expect(plan.tasks.map((task) => task.id)).toEqual([
      "schema",
      "session",
      "cleanup",
      "sign-in-with-the-store",
    ]);
    expect(plan.tasks[1]).toEqual({
      id: "session",
      title: "Add a session store",
      role: "implement",
      needs: ["schema"],
      touches: ["src/session.ts", "test/session.test.ts"],
      model: "anthropic/claude-opus-5-5",
      acceptance: ["sessions expire after 30 minutes", "`npm test` covers expiry"],
      body: [
        "Keep the interface of the store in memory, which the tests use.",
        "",
        "- prose in a body may be a list: like this",
        "- [ ] also with boxes",
      ].join("\n"),
      done: false,
      line: 11,
    });
    expect(plan.tasks.map((task) => task.done)).toEqual([true, false, false, false]);
  });

  it("reads the example of its documentation", () => {
    const docs = readFileSync("docs/formats.md", "utf8");
    const example = /````markdown\n([^]*?)````/.exec(docs)?.[1] ?? "";
    expect(parse(example).tasks.map((task) => task.id)).toEqual(["schema", "session", "sign-in"]);
  });

  it("takes a nested list as more values of the key above", () => {
    expect(parse(fixture("plan.md")).tasks[3]?.acceptance).toEqual([
      "the cookie is renewed with each request",
      "a wrong cookie signs nobody in",
    ]);
  });

  it("goes on with a key's value on a deeper line", () => {
    const [task] = tasks("- [ ] A\n  - accept: sessions expire\n    after a while\n  Body.");
    expect(task?.acceptance).toEqual(["sessions expire after a while"]);
    expect(task?.body).toBe("Body.");
  });

  it("gives tasks without an id the slug of their title, made unique", () => {
    expect(
      tasks("- [ ] Café & Bar\n- [ ] Cafe bar\n- [ ] 漢字\n- [ ] Integration").map(({ id }) => id),
    ).toEqual(["cafe-bar", "cafe-bar-2", "task-3", "integration-2"]);
  });

  it("keeps commas in braces and in code together", () => {
    const [task] = tasks("- [ ] A\n  - touches: src/{a,b}.ts, `odd, name.ts`, docs/");
    expect(task?.touches).toEqual(["src/{a,b}.ts", "odd, name.ts", "docs/"]);
  });

  it("reads needs with a hash or in code as ids", () => {
    expect(tasks("- [ ] A\n- [ ] B\n- [ ] C\n  - needs: #a, `#b`")[2]?.needs).toEqual(["a", "b"]);
  });

  it("reads Windows line ends and a byte order mark as if they were not there", () => {
    const text = fixture("plan.md");
    expect(parse(`\uFEFF${text.replaceAll("\n", "\r\n")}`)).toEqual(parse(text));
  });

  it("reads files that were joined, each with its byte order mark", () => {
    const text =
      "# Trip\n\nWhy.\n\uFEFF## Tasks\n\n- [ ] Pack `#pack`\n  - accept:\n    - \uFEFFwarm\n\uFEFF- [ ] Go `#go`\n";
    expect(parse(text)).toEqual(parse(text.replaceAll("\uFEFF", "")));
  });

  it("leaves tasks in a code block alone", () => {
    const plan = parse("# T\n```\n## Tasks\n- [ ] no\n```\n## Tasks\n- [ ] yes\n  ```\n- [ ] code\n  ```\n");
    expect(plan.tasks.map((task) => task.id)).toEqual(["yes"]);
    expect(plan.prd).toContain("- [ ] no");
    expect(plan.tasks[0]?.body).toContain("- [ ] code");
  });

  it("is named after its file when it has no title", () => {
    expect(parsePlan({ text: "## Tasks\n- [ ] A", file: "work/night.shift.md" }).title).toBe("night.shift");
  });

  it("prints as it is written by hand", () => {
    const printed = printPlan(parse(fixture("plan.md")));
    expect(printed).toContain(
      "- [ ] Add a session store `#session`\n  - needs: schema\n  - touches: src/session.ts, ",
    );
    expect(printPlan(parse(printed))).toBe(printed);
  });
});

describe("a plan.md that is wrong says", () => {
  const cases: [string, string, string[]][] = [
    [
      "an unknown key",
      "## Tasks\n- [ ] A\n  - need: b",
      ['plan.md:3: unknown key "need"\n  Did you mean "needs"?'],
    ],
    [
      "a key from elsewhere",
      "## Tasks\n- [ ] A\n  - priority: high",
      [
        'plan.md:3: unknown key "priority"\n  The keys are role, needs, touches, model, agent, estimate, accept; other text starts below them with a line of prose.',
      ],
    ],
    [
      "a role said twice",
      "## Tasks\n- [ ] A\n  - role: review\n  - role: research",
      ['plan.md:4: "a" has a second "role"\n  Keep one of the two.'],
    ],
    [
      "an agent said twice",
      "## Tasks\n- [ ] A\n  - agent: codex\n  - agent: claude",
      ['plan.md:4: "a" has a second "agent"\n  Keep one of the two.'],
    ],
    [
      "an estimate that is no duration",
      "## Tasks\n- [ ] A\n  - estimate: long",
      [
        'plan.md:2: "a" has an "estimate" that is no duration\n  Write a number and its unit, such as 20m or 2h.',
      ],
    ],
    [
      "an agent that is no name",
      "## Tasks\n- [ ] A\n  - agent: the codex",
      ['plan.md:2: "a" asks for the agent "the codex", which is no name\n  Write one name, such as codex.'],
    ],
    [
      "an open code fence",
      "## Tasks\n- [ ] A\n  ```js\n  x",
      ["plan.md:3: this code fence is never closed\n  Close it with the same marks."],
    ],
    [
      "a mark that is none",
      "## Tasks\n- [ ] A\n- [?] B",
      [
        'plan.md:3: "[?]" is not the box of a task\n  Write "- [ ] Title" for a task, "- [x] Title" for one that is done.',
      ],
    ],
    [
      "a key without its two spaces",
      "## Tasks\n- [ ] A\n- needs: b",
      [
        'plan.md:3: "needs: b" is neither a task nor part of one\n  Write "- [ ] " before a task\'s title, and two spaces before what belongs to a task.',
      ],
    ],
    [
      "that it has no tasks",
      "# T\n\n## Tasks\n",
      ['plan.md: the plan has no tasks\n  Write each as "- [ ] Title" under "## Tasks".'],
    ],
  ];
  it.each(cases)("%s", (_name, text, expected) => expect(problems(text)).toEqual(expected));

  it("everything at once, in the order of the lines", () => {
    const text =
      "## Tasks\n- [ ] A\n  - needs: bb\n- [ ] B\n  - rol: review\n- [ ] C `#c`\n- [ ] D `#c`\n  - role: revew";
    expect(problems(text).map((problem) => problem.split(":")[1])).toEqual(["2", "5", "7", "7"]);
  });
});
