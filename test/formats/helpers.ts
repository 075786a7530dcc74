import { readFileSync } from "node:fs";
import { AgentxError, formatProblem } from "../../src/core/error.ts";
import type { Plan } from "../../src/core/plan.ts";
import { readPlan } from "../../src/formats/detect.ts";

export function fixture(name: string): string {
  return readFileSync(`test/fixtures/formats/${name}`, "utf8");
}

/** The plan of a fixture that has one. */
export function planOf(name: string): Plan {
  const plan = readPlan({ text: fixture(name), file: name });
  if (plan === null) throw new Error(`${name} is free text`);
  return plan;
}

/** The problems of the AgentxError that `run` throws, as a person sees them. */
export function problemsOf(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof AgentxError) return error.problems.map(formatProblem);
    throw error;
  }
  return [];
}

/** `id: need, need` for each task. */
export function needsOf(plan: Plan): string[] {
  return plan.tasks.map((task) => [`${task.id}:`, task.needs.join(", ")].join(" ").trim());
}
