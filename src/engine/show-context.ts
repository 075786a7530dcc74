import { toolsetFor } from "../agents/api/tools/catalog.ts";
import { loadConfig } from "../config/load.ts";
import { defaultBudget } from "../context/budget.ts";
import { buildContext } from "../context/build-context.ts";
import { estimateTokens } from "../context/fit-tokens.ts";
import { didYouMean } from "../core/closest.ts";
import { AgentxError } from "../core/error.ts";
import type { Plan, Task } from "../core/plan.ts";
import type { GateSpec } from "../core/run-settings.ts";
import { toolsFor } from "../stages/work/tools-for.ts";
import { planIn } from "./make-plan.ts";
import { detectAt, readConfigFile } from "./prepare.ts";
import type { Input } from "./read-input.ts";
import { repositoryView } from "./repository-view.ts";
import { findBase, type Workspace } from "./workspace.ts";

export type ShownPart = { part: string; source: string; tokens: number; budget: number | null; cut: boolean };

export type ShownContext = {
  task: Task;
  /** Everything that a first request carries, in its order. Tokens are estimates. */
  parts: ShownPart[];
  tokens: number;
  system: string;
  prompt: string;
};

/**
 * What the worker of a task would see at first, were the plan dispatched now. Needs no model and no key.
 * @throws AgentxError PLAN_INVALID, CONTEXT_NEEDS_PLAN, UNKNOWN_TASK, CONFIG_INVALID, NO_COMMITS
 */
export async function showContext(
  workspace: Workspace,
  { input, task: id }: { input: Input; task: string },
): Promise<ShownContext> {
  const plan = planIn(input);
  if (plan === null) {
    throw new AgentxError("CONTEXT_NEEDS_PLAN", {
      where: input.file,
      what: "this is a text and no plan, so it has no tasks yet",
      hint: `agentx plan ${input.file} -o plan.md makes one`,
    });
  }
  const task = taskIn(plan, id);
  const base = await findBase(workspace);
  const { system, prompt, parts } = await buildContext({
    ...(await repositoryView(workspace.repo, base.commit)),
    task,
    plan,
    role: task.role,
    attempt: 1,
    // Nobody has written them yet.
    notes: [],
    gates: await gatesAt(workspace, base.commit),
    budget: defaultBudget,
  });
  const shown: ShownPart[] = [
    toolsPart(task),
    {
      part: "system",
      source: `the ${task.role} role`,
      tokens: estimateTokens(system),
      budget: null,
      cut: false,
    },
    ...parts.map(({ name, source, tokens, budget, cut }) => ({ part: name, source, tokens, budget, cut })),
  ];
  return { task, parts: shown, tokens: shown.reduce((sum, { tokens }) => sum + tokens, 0), system, prompt };
}

function taskIn(plan: Plan, id: string): Task {
  const task = plan.tasks.find((one) => one.id === id);
  if (task) return task;
  const ids = plan.tasks.map((one) => one.id);
  throw new AgentxError("UNKNOWN_TASK", {
    where: plan.source.file,
    what: `the plan has no task "${id}"`,
    hint: didYouMean(id, ids, `its tasks: ${ids.join(", ")}`),
  });
}

function toolsPart({ role }: Task): ShownPart {
  const { specs } = toolsetFor({ tools: toolsFor(role), submit: null });
  const source = specs.map(({ name }) => name).join(" ");
  return { part: "tools", source, tokens: estimateTokens(JSON.stringify(specs)), budget: null, cut: false };
}

async function gatesAt(workspace: Workspace, commit: string): Promise<GateSpec[]> {
  const config = loadConfig(await readConfigFile(workspace));
  return config.gates ?? (await detectAt(workspace, commit)).gates;
}
