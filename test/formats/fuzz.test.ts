import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AgentxError, type Problem } from "../../src/core/error.ts";
import type { Plan } from "../../src/core/plan.ts";
import { decodeInput } from "../../src/formats/decode-input.ts";
import { readPlan } from "../../src/formats/detect.ts";
import { dedent } from "../../src/formats/lines.ts";
import { markDone } from "../../src/formats/mark-done.ts";
import { parsePlan } from "../../src/formats/plan-md.ts";
import { printPlan } from "../../src/formats/plan-md-print.ts";
import { asBytes, damaged, fuzzRuns } from "../support/fuzz.ts";
import { fixture, planOf } from "./helpers.ts";

const names = [
  "plan.md",
  "ralph-prd.json",
  "prd-shopping-list.md",
  "dispatch-plan.md",
  "taskmaster-legacy.json",
  "taskmaster-tagged.json",
  "spec-kit-tasks.md",
];

/** The plan, null for free text, or the problems; anything else that is thrown is a crash. */
function read(bytes: Buffer, name: string): Plan | Problem[] | null {
  try {
    return readPlan({ text: decodeInput(bytes, name), file: name });
  } catch (error) {
    if (error instanceof AgentxError && error.problems.length > 0) return [...error.problems];
    throw error;
  }
}

/** What is wrong with a file as a whole has no line. */
const ofTheWhole = /^the file is|has no tasks|there are no tasks|no task/;

/** Edits that tick: an `x` in a box, or a member of JSON. */
function withoutTicks(text: string, name: string): unknown {
  if (!name.endsWith(".json")) return text.replaceAll(/\[[ xX?!]\]/g, "[ ]");
  const blank = (key: string, value: unknown): unknown =>
    key === "passes" || key === "status" ? undefined : value;
  return JSON.parse(text.replace(/^\uFEFF/, ""), blank);
}

const bare = ({ tasks }: Plan): unknown => tasks.map(({ line: _line, ...task }) => task);

const inOneLine = (text: string): string =>
  text
    .split(/[\r\n]+/)
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .join(" ");

/** What plan.md cannot hold is made to fit: a title of several lines, other line ends, a fence that is left open. */
function fitted(plan: Plan, printed: Plan): Plan {
  const tasks = plan.tasks.map((task, index) => {
    const body = dedent(task.body.split(/\r\n?|\n/));
    const again = printed.tasks[index]?.body ?? "";
    const added = again.startsWith(body) ? again.slice(body.length) : "";
    const isFence = /^\n(?:`{3,}|~{3,})$/.test(added);
    const acceptance = task.acceptance.map(inOneLine).filter((line) => line !== "");
    return { ...task, title: inOneLine(task.title), acceptance, body: isFence ? body + added : body };
  });
  return { ...plan, tasks };
}

describe("a damaged plan file", () => {
  it.each(names)("%s gives a plan, or an error with its line", (name) => {
    const seen = { plans: 0, errors: 0 };
    fc.assert(
      fc.property(damaged(fixture(name)).chain(asBytes), (bytes) => {
        const plan = read(bytes, name);
        if (!Array.isArray(plan)) {
          seen.plans += 1;
          expect(plan === null || plan.tasks.length > 0).toBe(true);
          return;
        }
        seen.errors += 1;
        for (const { where, what } of plan) {
          const isPlaced = new RegExp(`^${name}:\\d+(:\\d+)?$`).test(where);
          if (!isPlaced && !(where === name && ofTheWhole.test(what)))
            expect([where, what]).toEqual("placed");
        }
      }),
      fuzzRuns(250),
    );
    // Else the damage is too small or too large to say anything; JSON hardly bears any.
    expect(Math.min(seen.errors, name.endsWith(".json") ? 100 : seen.plans)).toBeGreaterThan(10);
  });

  it.each(names)("%s is ticked and nothing else in it changes", (name) => {
    const before = planOf(name);
    const all = before.tasks.map(({ id }) => id);
    fc.assert(
      fc.property(damaged(fixture(name)), fc.constantFrom("\n", "\r\n", "\r"), (changed, end) => {
        const text = changed.replaceAll("\n", end);
        // Whatever became of the file since it was read.
        const ticked = markDone({ text, plan: before, ids: all });
        expect(markDone({ text: ticked.text, plan: before, ids: all }).text).toBe(ticked.text);
        const plan = read(Buffer.from(text), name);
        if (plan === null || Array.isArray(plan)) return;
        const ids = plan.tasks.map(({ id }) => id);
        const own = markDone({ text, plan, ids });
        expect(withoutTicks(own.text, name)).toEqual(withoutTicks(text, name));
        const again = read(Buffer.from(own.text), name);
        if (again === null || Array.isArray(again))
          throw new Error("what was ticked cannot be read any more");
        expect(again.tasks.map(({ id }) => id)).toEqual(ids);
        const open = again.tasks.filter(({ id, done }) => !done && !own.missing.includes(id));
        expect(open).toEqual([]);
      }),
      fuzzRuns(200),
    );
  });

  it.each(names)("%s, where it can be read, is the same plan when it is printed and read again", (name) => {
    fc.assert(
      fc.property(damaged(fixture(name)), (text) => {
        const plan = read(Buffer.from(text), name);
        if (plan === null || Array.isArray(plan)) return;
        const again = parsePlan({ text: printPlan(plan), file: "plan.md" });
        expect(bare(again)).toEqual(bare(fitted(plan, again)));
      }),
      fuzzRuns(100),
    );
  });
});

const numbers = Array.from({ length: 10_000 }, (_, index) => index);
const wide = 500_000;

/** Sizes and shapes that make a careless parser slow: each is read in a moment. */
const large: [string, string, string][] = [
  [
    "the same title 10,000 times",
    "plan.md",
    `## Tasks\n${numbers.map((n) => `- [ ] Same title\n  - needs: same-title-${n}\n  Body.\n`).join("")}`,
  ],
  [
    "10,000 unknown needs",
    "plan.md",
    `## Tasks\n${numbers.map((n) => `- [ ] T \`#t${n}\`\n  - needs: q${n}\n`).join("")}`,
  ],
  [
    "one cycle of 10,000",
    "plan.md",
    `## Tasks\n${numbers.map((n) => `- [ ] T \`#t${n}\`\n  - needs: t${(n + 1) % 10_000}\n`).join("")}`,
  ],
  ["10,000 times the same id", "plan.md", `## Tasks\n${numbers.map(() => "- [ ] T `#t`\n").join("")}`],
  ["a checklist of 10,000", "plan.md", `# T\n${numbers.map((n) => `- [ ] Item ${n}\n`).join("")}`],
  [
    "spec-kit",
    "tasks.md",
    numbers.map((n) => `${n % 100 ? "" : `## Phase ${n}\n`}- [ ] T${1000 + n} [P] Do\n`).join(""),
  ],
  [
    "Ralph",
    "prd.json",
    JSON.stringify({ userStories: numbers.map((id) => ({ id, title: "T", passes: false })) }),
  ],
  ["Ralph's stories in Markdown", "prd.md", numbers.map((n) => `### US-${n}: T\n- [ ] a\n`).join("")],
  [
    "Taskmaster",
    "tasks.json",
    JSON.stringify({ tasks: numbers.map((id) => ({ id, title: "T", dependencies: id ? [id - 1] : [] })) }),
  ],
  [
    "nothing but marks",
    "plan.md",
    `# ${"#".repeat(300_000)}a\n## Tasks\n- [ ] ${"`#".repeat(100_000)}\n  - touches: ${"{`".repeat(100_000)}`,
  ],
  ["one line of text", "plan.md", `## Tasks\n- [ ] ${"a ".repeat(wide)}`],
  ["fences that never close", "plan.md", "```a\n".repeat(wide / 5)],
  [
    "indentation that differs in the middle",
    "plan.md",
    `## Tasks\n- [ ] a\n${" ".repeat(wide)}x\n${" ".repeat(wide / 2)}\t${" ".repeat(wide / 3)}y\n`,
  ],
  [
    "deep lists",
    "plan.md",
    `## Tasks\n${Array.from({ length: 1_400 }, (_, depth) => `${" ".repeat(depth)}- [ ] a\n`).join("")}`,
  ],
  ["parentheses", "tasks.md", `- [ ] T001 ${"(after ".repeat(wide / 8)}`],
  ["words like paths", "tasks.md", `- [ ] T001 ${"a/".repeat(wide / 2)} ${"`".repeat(wide / 2)}`],
  ["deep JSON", "prd.json", `{"userStories":${"[".repeat(wide)}`],
  [
    "one long string in JSON",
    "prd.json",
    `{"userStories":[{"id":1,"title":"${"\\u0041".repeat(wide / 10)}"}]}`,
  ],
  ["white space in JSON", "prd.json", `{${" ".repeat(wide)}"userStories"${"\n".repeat(wide / 2)}:[]`],
];

describe("what is large is read in a moment, or refused", () => {
  it.each(large)("%s", (_name, file, text) => {
    const began = performance.now();
    const plan = read(Buffer.from(text), file);
    if (plan !== null && !Array.isArray(plan)) {
      markDone({ text, plan, ids: plan.tasks.map(({ id }) => id) });
    }
    // Quadratic ones take minutes.
    expect(performance.now() - began).toBeLessThan(15_000);
  });

  it("10 MB", () => {
    expect(read(Buffer.alloc(10_000_000, "- [ ] a\n"), "plan.md")).toMatchObject([{ where: "plan.md" }]);
  });
});
