import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Plan, Task } from "../../src/core/plan.ts";
import { parsePlan, scanPlan } from "../../src/formats/plan-md.ts";
import { printPlan } from "../../src/formats/plan-md-print.ts";

const source = { file: "plan.md", format: "plan" as const };
const withoutLines = (plan: Plan): Plan => ({
  ...plan,
  tasks: plan.tasks.map((task) => ({ ...task, line: 0 })),
});
const reread = (plan: Plan): Plan => withoutLines(scanPlan({ text: printPlan(plan), file: "plan.md" }).plan);

/** What has a meaning in Markdown or in the grammar, to be mixed with any text. */
const nasty = fc.constantFrom(
  ..."# |## Tasks|\\## Tasks|- [ ] x|- [x] y `#y`|`#id`|- needs: a|  - accept: b|\\- needs: c|```|~~~|> ```|\t|  |:|`|[|]|---|* |1. |#|\\|é|漢|🦊|\u00a0|\u2028|<!-- -->|{a,b}|,|role: review".split(
    "|",
  ),
);
const words = fc
  .array(fc.oneof(nasty, fc.string({ maxLength: 6, unit: "binary" })), { maxLength: 6 })
  .map((all) => all.join(""));
const text = fc
  .array(words, { maxLength: 10 })
  .chain((lines) => fc.constantFrom("\n", "\r\n", "\r").map((end) => lines.join(end)));

const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,8}$/).filter((each) => each !== "integration");
const line = words.map((each) => each.replace(/[\r\n]+/g, " ").trim()).filter((each) => each !== "");

/** Any plan that is valid, with nasty words in all its text. */
const plans = fc.uniqueArray(id, { minLength: 1, maxLength: 5 }).chain((ids) => {
  const task = (each: string, index: number): fc.Arbitrary<Task> =>
    fc
      .record({
        title: line,
        role: fc.constantFrom("implement" as const, "research" as const),
        needs: fc.subarray(ids.slice(0, index)),
        touches: fc.uniqueArray(line.map((path) => path.replaceAll("`", "").trim()).filter(Boolean), {
          maxLength: 3,
        }),
        acceptance: fc.array(line, { maxLength: 3 }),
        agent: fc.constantFrom(null, "codex", "gpt-5.5"),
        model: fc.constantFrom(null, "openai/gpt-5.6", "anthropic/claude-opus-5-5"),
        estimateMs: fc.constantFrom(null, 1, 90_000, 7_200_000),
        body: text,
      })
      .map(({ model, agent, estimateMs, ...rest }) => ({
        ...rest,
        touches: rest.role === "implement" ? rest.touches : [],
        id: each,
        ...(model === null ? {} : { model }),
        ...(agent === null ? {} : { agent }),
        ...(estimateMs === null ? {} : { estimateMs }),
        done: false,
        line: 0,
      }));
  return fc
    .record({ title: line, prd: text, tasks: fc.tuple(...ids.map(task)) })
    .map((plan): Plan => ({ ...plan, source }));
});

describe("printing a plan and reading it again", () => {
  it("gives the same plan, whatever text it was read from", () => {
    fc.assert(
      fc.property(text, text, (prose, list) => {
        const { plan, problems } = scanPlan({
          text: `${prose}\n## Tasks\n- [ ] A\n${list}`,
          file: "plan.md",
        });
        fc.pre(problems.length === 0);
        expect(reread(plan)).toEqual(withoutLines(plan));
      }),
      { numRuns: 1500 },
    );
  });

  it("keeps all facts of any plan, also of one that a model wrote", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const again = parsePlan({ text: printPlan(plan), file: "plan.md" });
        const facts = (each: Plan): unknown =>
          each.tasks.map(({ body: _body, line: _line, ...rest }) => rest);
        expect(facts(again)).toEqual(facts(plan));
        expect(again.title).toBe(plan.title);
        expect(reread(again)).toEqual(withoutLines(again));
        expect(printPlan(again)).toBe(printPlan(plan));
      }),
      { numRuns: 500 },
    );
  });
});
