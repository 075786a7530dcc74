import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AgentxError } from "../../src/core/error.ts";
import { decodeInput } from "../../src/formats/decode-input.ts";
import { readPlan } from "../../src/formats/detect.ts";
import { markDone } from "../../src/formats/mark-done.ts";
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

/** Cuts a piece out of a text and puts another in: from anywhere in it, or of any characters. */
const mutations = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.nat(40),
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  copy: fc.nat(60),
  added: fc.string({ maxLength: 4, unit: "binary" }),
});
type Mutation = typeof mutations extends fc.Arbitrary<infer T> ? T : never;

function mutate(text: string, { at, cut, from, copy, added }: Mutation): string {
  const place = Math.floor(at * text.length);
  const piece = text.slice(Math.floor(from * text.length)).slice(0, copy);
  return text.slice(0, place) + piece + added + text.slice(place + cut);
}

describe("a damaged plan file", () => {
  it.each(names)("%s gives a plan or an error with a place, and can still be ticked", (name) => {
    const original = fixture(name);
    const before = planOf(name);
    const ids = before.tasks.map((task) => task.id);
    fc.assert(
      fc.property(fc.array(mutations, { minLength: 1, maxLength: 4 }), (steps) => {
        const text = steps.reduce(mutate, original);
        const ticked = markDone({ text, plan: before, ids });
        expect(markDone({ text: ticked.text, plan: before, ids }).text).toBe(ticked.text);
        try {
          const plan = readPlan({ text: decodeInput(Buffer.from(text), name), file: name });
          expect(plan === null || plan.tasks.length > 0).toBe(true);
        } catch (error) {
          if (!(error instanceof AgentxError)) throw error;
          expect(error.problems.length).toBeGreaterThan(0);
          for (const problem of error.problems) expect(problem.where.startsWith(name)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("a plan of 10,000 tasks", () => {
  const numbers = Array.from({ length: 10_000 }, (_, index) => index);
  const plans: [string, string, string][] = [
    [
      "plan.md",
      "plan.md",
      `## Tasks\n${numbers.map((n) => `- [ ] Same title\n  - needs: same-title-${n}\n  Body.\n`).join("")}`,
    ],
    [
      "unknown needs",
      "plan.md",
      `## Tasks\n${numbers.map((n) => `- [ ] T \`#t${n}\`\n  - needs: q${n}\n`).join("")}`,
    ],
    ["checklist", "plan.md", `# T\n${numbers.map((n) => `- [ ] Item ${n}\n`).join("")}`],
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
  ];
  it.each(plans)("is read in a moment: %s", (_name, file, text) => {
    try {
      expect(readPlan({ text, file })?.tasks.length).toBeGreaterThan(0);
    } catch (error) {
      if (!(error instanceof AgentxError)) throw error;
    }
  });
});
