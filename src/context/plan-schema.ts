import { z } from "zod";
import { formatProblem } from "../core/error.ts";
import { taskRoles, type Plan } from "../core/plan.ts";
import { validatePlan } from "../core/validate-plan.ts";
import { parseSubmitted, submitTool, type SubmitTool } from "./submit-tool.ts";

const task = z.object({
  id: z.string().describe("short, kebab-case, unique"),
  title: z.string().min(1),
  role: z.enum(taskRoles as readonly ["implement", "research", "review"]),
  needs: z.array(z.string()).describe("ids of tasks whose result this one needs"),
  touches: z.array(z.string()).describe("paths or globs that it will change"),
  acceptance: z.array(z.string().min(1)).describe("what can be seen to be true when it is done"),
  body: z.string().describe("what is wanted and why; constraints, no list of steps"),
  model: z.string().optional().describe("provider/id; only where the PRD asks for one"),
  minutes: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe("a guess of how long it takes an agent, beside the other tasks; only where they differ much"),
  agent: z.string().optional().describe("name of the agent that does it; only where the PRD asks for one"),
});

const plan = z.object({ title: z.string().min(1), tasks: z.array(task).min(1).max(200) });

export const planTool: SubmitTool = submitTool("submit_plan", {
  description: "Hand over the plan. It is checked, and ends the planning when it holds.",
  schema: plan,
});

export type PlannedFrom = { file: string; prd: string };

/** Why a plan cannot be taken, with every problem at once for the planner; null when it can. */
export function checkPlan(value: unknown): string | null {
  const parsed = parseSubmitted(value, plan);
  if (parsed.type === "wrong") return parsed.reason;
  const bare = parsed.value.tasks.filter(
    ({ role, acceptance }) => role === "implement" && acceptance.length === 0,
  );
  const problems = [
    ...validatePlan(planOf(parsed.value, { file: "the plan", prd: "" })).map(formatProblem),
    ...bare.map(
      ({ id }) => `"${id}" has no acceptance criterion: say what can be seen to be true when it is done`,
    ),
  ];
  return problems.length === 0 ? null : `The plan does not hold yet:\n${problems.join("\n")}`;
}

/** @throws Error when the value did not pass {@link checkPlan} */
export function toPlan(value: unknown, from: PlannedFrom): Plan {
  return planOf(plan.parse(value), from);
}

function planOf({ title, tasks }: z.infer<typeof plan>, { file, prd }: PlannedFrom): Plan {
  return {
    title,
    prd,
    tasks: tasks.map(({ model, agent, minutes, ...rest }) => ({
      ...rest,
      ...(model === undefined ? {} : { model }),
      ...(agent === undefined ? {} : { agent }),
      ...(minutes === undefined ? {} : { estimateMs: minutes * 60_000 }),
      done: false,
      line: 0,
    })),
    source: { file, format: "planner" },
  };
}
