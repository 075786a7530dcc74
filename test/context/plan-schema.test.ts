import { expect, test } from "vitest";
import { checkPlan, planTool, toPlan } from "../../src/context/plan-schema.ts";
import { validatePlan } from "../../src/core/validate-plan.ts";

const cart = {
  id: "cart",
  title: "Cart",
  role: "implement",
  needs: [],
  touches: ["src/cart.ts"],
  acceptance: ["it adds up"],
  body: "A cart.",
};
const plan = (...tasks: unknown[]): unknown => ({ title: "Shop", tasks });

test.each([
  ["a plan of one task", plan(cart), null],
  ["a need that no task has", plan({ ...cart, needs: ["cert"] }), /cert/],
  ["a circle", plan({ ...cart, needs: ["view"] }, { ...cart, id: "view", needs: ["cart"] }), /cart|view/],
  ["an id twice", plan(cart, cart), /cart/],
  ["an id that is none", plan({ ...cart, id: "My Cart" }), /My Cart/],
  ["work without a criterion", plan({ ...cart, acceptance: [] }), /no acceptance criterion/],
  ["research without a criterion", plan({ ...cart, role: "research", touches: [], acceptance: [] }), null],
  ["a role that nobody has", plan({ ...cart, role: "boss" }), /role/],
  ["no task", plan(), /tasks/],
  ["no plan", null, /object/],
])("%s is judged", (_, value, trouble) => {
  const said = checkPlan(value);
  if (trouble === null) expect(said).toBeNull();
  else expect(said).toMatch(trouble);
});

test("a plan that passed is one that can be run", () => {
  const made = toPlan(
    plan(cart, { ...cart, id: "view", needs: ["cart"], model: "anthropic/x", agent: "codex" }),
    {
      file: "prd.md",
      prd: "A shop.",
    },
  );
  expect(validatePlan(made)).toEqual([]);
  expect(made).toMatchObject({
    title: "Shop",
    prd: "A shop.",
    source: { file: "prd.md", format: "planner" },
  });
  expect(made.tasks.map(({ model }) => model)).toEqual([undefined, "anthropic/x"]);
  expect(made.tasks.map(({ agent }) => agent)).toEqual([undefined, "codex"]);
  expect(planTool.parameters).toMatchObject({ type: "object", required: ["title", "tasks"] });
});
