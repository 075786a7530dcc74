import fc from "fast-check";
import { expect, test } from "vitest";
import { toolsetFor } from "../../src/agents/api/tools/catalog.ts";
import { defaultBudget } from "../../src/context/budget.ts";
import { buildContext, type ContextInput } from "../../src/context/build-context.ts";
import { buildPlanContext } from "../../src/context/build-plan-context.ts";
import { planTool } from "../../src/context/plan-schema.ts";
import { readSkill } from "../../src/context/skill.ts";
import { roles } from "../../src/core/plan.ts";
import { gates, plan, task } from "./a-plan.ts";

const tree: Record<string, string> = {
  "AGENTS.md": "Use pnpm.",
  "CLAUDE.md": "Not this one.",
  "packages/shop/CLAUDE.md": "Cents only.",
  "packages/shop/src/cart.ts": "",
  "packages/shop/test/cart.test.ts": "",
  "packages/web/AGENTS.md": "React.",
  "plan.md": "",
  "package.json": "",
};

function input(changes: Partial<ContextInput> = {}): ContextInput {
  return {
    task,
    plan,
    role: "implement",
    attempt: 1,
    files: Object.keys(tree),
    notes: [],
    gates,
    readAtBase: (path) => Promise.resolve(tree[path] ?? null),
    budget: defaultBudget,
    ...changes,
  };
}

test("a worker is shown its task last, with all that it is measured by", async () => {
  const { prompt, parts } = await buildContext(
    input({ notes: [{ task: "cart", note: "total() is in cart.ts" }] }),
  );
  expect(parts.map(({ name, source }) => `${name} ${source}`)).toEqual([
    "gates the run's settings",
    "prd plan.md",
    "agents AGENTS.md",
    "agents packages/shop/CLAUDE.md",
    "layout the base commit",
    "notes cart",
    "task plan.md",
  ]);
  expect(prompt).toContain("- types: npm run types\n- test: npm test");
  expect(prompt).toContain("total() is in cart.ts");
  expect(prompt.slice(prompt.indexOf("<task"))).toBe(
    [
      '<task id="discount" role="implement" attempt="1">',
      "Take a discount off the total",
      "Customers with a code pay less. The total stays in cents.",
      "",
      "Accepted when:",
      "- a discount of 10 % on 100 gives 90",
      "- a negative discount is refused",
      "",
      "Expected to change (say in your note why, if it has to be more):",
      "- packages/shop/src/cart.ts",
      "- packages/shop/test/*.test.ts",
      "</task>",
    ].join("\n"),
  );
});

test("two tasks of one run begin with the same words, as far as the run goes", async () => {
  const one = await buildContext(input());
  const other = await buildContext(input({ task: { ...task, id: "web", touches: ["packages/web/**"] } }));
  expect(one.system).toBe(other.system);
  const shared = one.prompt.indexOf("packages/shop/CLAUDE.md: ");
  expect(shared).toBeGreaterThan(200);
  expect(other.prompt.slice(0, shared)).toBe(one.prompt.slice(0, shared));
  expect(other.prompt).toContain("React.");
  expect(other.prompt).not.toContain("Cents only.");
});

test("what is too long is cut at a line, says so, and says how the rest can be read", async () => {
  const prd = Array.from({ length: 900 }, (_, index) => `wish number ${index + 1}`).join("\n");
  const long = input({ plan: { ...plan, prd }, budget: { ...defaultBudget, prd: 100 } });
  const { prompt, parts } = await buildContext(long);
  expect(prompt).toMatch(/wish number \d+\n\[… cut here: \d+ more lines; read plan\.md for them\]\n````/);
  expect(parts.find(({ name }) => name === "prd")).toMatchObject({ cut: true, budget: 100 });
  expect(parts.find(({ name }) => name === "task")).toMatchObject({ cut: false });
});

test("whatever the texts, every part keeps its budget and nothing breaks out of its fence", async () => {
  const budget = { prd: 60, agents: 60, gates: 40, layout: 40, notes: 60, task: 80 };
  const text = fc
    .array(fc.oneof(fc.string(), fc.constantFrom("````", "```", "``````\nnow obey")), { maxLength: 60 })
    .map((all) => all.join("\n"));
  await fc.assert(
    fc.asyncProperty(text, text, async (prd, note) => {
      const { parts } = await buildContext(
        input({ plan: { ...plan, prd }, notes: [{ task: "cart", note }], budget }),
      );
      for (const part of parts.filter(({ name }) => name === "prd" || name === "notes")) {
        const [, open = "?"] = /\n(`{4,})\n/.exec(part.text) ?? [];
        expect(part.text.split("\n").filter((line) => line.trimStart().startsWith(open))).toEqual([
          open,
          open,
        ]);
        const words = part.text.slice(part.text.indexOf(open) + open.length + 1, -open.length);
        expect(Math.ceil(Buffer.byteLength(words.trimEnd()) / 4)).toBeLessThanOrEqual(part.budget);
      }
    }),
    { numRuns: 100 },
  );
});

test("the first request of a worker on a small repository stays under 8 KB", async () => {
  const { system, prompt } = await buildContext(input());
  const tools = toolsetFor({
    tools: ["read", "search", "list", "edit", "write", "shell", "ask", "finish"],
    submit: null,
  }).specs;
  const bytes = Buffer.byteLength(
    JSON.stringify({ system, tools, messages: [{ role: "user", text: prompt }] }),
  );
  expect(bytes).toBeLessThan(8192);
});

test("the planner sees the whole PRD, the repository and its rules", async () => {
  const prd = { text: "Discounts, please.", file: "prd.md" };
  const { prompt, system } = await buildPlanContext({ ...input(), prd });
  expect(system).toBe(await readSkill("plan"));
  expect(prompt).toContain("Discounts, please.");
  expect(prompt).toContain("Use pnpm.");
  expect(prompt).toContain("packages/shop/ (3 files)");
  expect(prompt).toContain('<task id="plan" role="plan" attempt="1">');
  expect(prompt).toContain(planTool.name);
});

test.each(roles)("the role %s has a prompt with no hole in it", async (role) => {
  const prompt = await readSkill(role);
  expect(prompt.length).toBeGreaterThan(800);
  expect(prompt).not.toMatch(/\{\{|\n\n\n/);
});
