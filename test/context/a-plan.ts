import type { Plan, Task } from "../../src/core/plan.ts";
import type { GateSpec } from "../../src/core/run-settings.ts";

export const task: Task = {
  id: "discount",
  title: "Take a discount off the total",
  role: "implement",
  needs: [],
  touches: ["packages/shop/src/cart.ts", "packages/shop/test/*.test.ts"],
  acceptance: ["a discount of 10 % on 100 gives 90", "a negative discount is refused"],
  body: "Customers with a code pay less. The total stays in cents.",
  done: false,
  line: 12,
};

export const plan: Plan = {
  title: "Discounts",
  prd: "We want discounts in the shop.",
  tasks: [task],
  source: { file: "plan.md", format: "plan" },
};

export const gates: GateSpec[] = [
  { name: "types", command: "npm run types", timeoutMs: 60_000, network: false },
  { name: "test", command: "npm test", timeoutMs: 60_000, network: false },
];
