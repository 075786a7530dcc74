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
import { findTask, loadRun, readJournal } from "./load-run.ts";
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
  /** Tasks that this one needs and that have left no note yet. */
  missingNotes: string[];
};

/** Where the task is looked for: a plan that is not dispatched yet, or a run (null: the latest). */
export type ContextSource = { type: "plan"; input: Input } | { type: "run"; run: string | null };

/**
 * What the worker of a task sees, or would see, at first. Needs no model and no key.
 * @throws AgentxError PLAN_INVALID, CONTEXT_NEEDS_PLAN, UNKNOWN_TASK, CONFIG_INVALID, NO_COMMITS, NO_RUNS
 */
export async function showContext(
  workspace: Workspace,
  { source, task: id }: { source: ContextSource; task: string },
): Promise<ShownContext> {
  const { plan, commit, gates, noteOf } =
    source.type === "plan"
      ? await subjectOfPlan(workspace, source.input)
      : subjectOfRun(workspace, source.run, id);
  const task = taskIn(plan, id);
  const { system, prompt, parts } = await buildContext({
    ...(await repositoryView(workspace.repo, commit)),
    task,
    plan,
    role: task.role,
    attempt: 1,
    notes: task.needs.flatMap((need) => (noteOf(need) === "" ? [] : [{ task: need, note: noteOf(need) }])),
    gates,
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
    ...parts.map(({ name, source: from, tokens, budget, cut }) => ({
      part: name,
      source: from,
      tokens,
      budget,
      cut,
    })),
  ];
  const missingNotes = task.needs.filter((need) => noteOf(need) === "");
  const tokens = shown.reduce((sum, part) => sum + part.tokens, 0);
  return { task, parts: shown, tokens, system, prompt, missingNotes };
}

/** What a context is built from. `noteOf` gives the note of a task, empty when there is none yet. */
type Subject = { plan: Plan; commit: string; gates: GateSpec[]; noteOf: (task: string) => string };

async function subjectOfPlan(workspace: Workspace, input: Input): Promise<Subject> {
  const plan = planIn(input);
  if (plan === null) {
    throw new AgentxError("CONTEXT_NEEDS_PLAN", {
      where: input.file,
      what: "this is a text and no plan, so it has no tasks yet",
      hint: `agentx plan ${input.file} -o plan.md makes one`,
    });
  }
  const { commit } = await findBase(workspace);
  return { plan, commit, gates: await gatesAt(workspace, commit), noteOf: () => "" };
}

function subjectOfRun(workspace: Workspace, run: string | null, id: string): Subject {
  const { state } = readJournal(workspace, (journal) => loadRun(journal, run));
  const commit = findTask(state, id).base ?? state.tip;
  const noteOf = (task: string): string => state.tasks.get(task)?.note ?? "";
  return { plan: state.plan, commit, gates: state.settings.gates, noteOf };
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
