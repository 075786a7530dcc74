import { loadConfig } from "../config/load.ts";
import { defaultBudget } from "../context/budget.ts";
import { buildContext } from "../context/build-context.ts";
import {
  agentNameFor,
  type AgentSpec,
  apiForEveryRole,
  findAgentSpec,
  type RoleAgents,
} from "../core/agent-spec.ts";
import { didYouMean } from "../core/closest.ts";
import { AgentxError } from "../core/error.ts";
import { placeAt } from "../core/place.ts";
import type { Plan, Task } from "../core/plan.ts";
import type { GateSpec } from "../core/run-settings.ts";
import { unknownAgent } from "./check-agents.ts";
import { givenToAgent, type ShownPart } from "./given-to-agent.ts";
import { findTask, loadRun, readJournal } from "./load-run.ts";
import { planIn } from "./make-plan.ts";
import { detectAt, readConfigFile } from "./prepare.ts";
import type { Input } from "./read-input.ts";
import { repositoryView } from "./repository-view.ts";
import { findBase, type Workspace } from "./workspace.ts";

export type ShownContext = {
  task: Task;
  agent: string;
  /** Everything that a first request carries, in its order. Tokens are estimates. */
  parts: ShownPart[];
  /** Of all parts of which it is known. */
  tokens: number;
  system: string;
  prompt: string;
  /** Tasks that this one needs and that have left no note yet. */
  missingNotes: string[];
};

/** Where the task is looked for: a plan that is not dispatched yet, or a run (null: the latest). */
export type ContextSource = { type: "plan"; input: Input } | { type: "run"; run: string | null };

/**
 * What agentx gives the worker of a task, or would give it, at first. Needs no model and no key.
 * @throws AgentxError PLAN_INVALID, CONTEXT_NEEDS_PLAN, UNKNOWN_TASK, UNKNOWN_AGENT, CONFIG_INVALID, NO_COMMITS, NO_RUNS
 */
export async function showContext(
  workspace: Workspace,
  { source, task: id }: { source: ContextSource; task: string },
): Promise<ShownContext> {
  const { plan, commit, gates, agents, programs, noteOf } =
    source.type === "plan"
      ? await subjectOfPlan(workspace, source.input)
      : subjectOfRun(workspace, source.run, id);
  const task = taskIn(plan, id);
  const { role } = task;
  const agent = agentNameFor(agents, { role, task });
  const spec = findAgentSpec(agent, programs);
  if (spec === undefined)
    throw new AgentxError(
      "UNKNOWN_AGENT",
      unknownAgent(agent, placeAt(plan.source.file, task.line), programs),
    );
  const context = await buildContext({
    ...(await repositoryView(workspace.repo, commit)),
    task,
    plan,
    role,
    attempt: 1,
    notes: task.needs.flatMap((need) => (noteOf(need) === "" ? [] : [{ task: need, note: noteOf(need) }])),
    gates,
    budget: defaultBudget,
  });
  const given = await givenToAgent({ agent, spec }, { role, context });
  const missingNotes = task.needs.filter((need) => noteOf(need) === "");
  const tokens = given.parts.reduce((sum, part) => sum + (part.tokens ?? 0), 0);
  return { task, agent, ...given, tokens, missingNotes };
}

/** What a context is built from. `noteOf` gives the note of a task, empty when there is none yet. */
type Subject = {
  plan: Plan;
  commit: string;
  gates: GateSpec[];
  agents: RoleAgents;
  programs: Readonly<Record<string, AgentSpec>>;
  noteOf: (task: string) => string;
};

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
  const config = loadConfig(await readConfigFile(workspace));
  const gates = config.gates ?? (await detectAt(workspace, commit)).gates;
  const agents = { ...apiForEveryRole, ...config.agents };
  return { plan, commit, gates, agents, programs: config.programs, noteOf: () => "" };
}

function subjectOfRun(workspace: Workspace, run: string | null, id: string): Subject {
  const { state } = readJournal(workspace, (journal) => loadRun(journal, run));
  const commit = findTask(state, id).base ?? state.tip;
  const noteOf = (task: string): string => state.tasks.get(task)?.note ?? "";
  const { gates, agents, programs } = state.settings;
  return { plan: state.plan, commit, gates, agents, programs, noteOf };
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
