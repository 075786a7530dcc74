import { type Agent, conversationInMemory, type JobScope, scopeOf } from "../../agents/agent.ts";
import { type Lodging, lodge, placesOf } from "../../agents/lodging.ts";
import { defaultBudget } from "../../context/budget.ts";
import { buildPlanContext } from "../../context/build-plan-context.ts";
import { checkPlan, planTool, toPlan } from "../../context/plan-schema.ts";
import { closeOpening, workIn } from "../../agents/work-in.ts";
import { AgentxError, exitCodes } from "../../core/error.ts";
import type { Plan } from "../../core/plan.ts";
import type { RunSettings } from "../../core/run-settings.ts";
import { readingSpec } from "../../sandbox/reading-spec.ts";
import type { Sandbox, SandboxProvider } from "../../sandbox/sandbox.ts";

export type PlanQuestion = { text: string; options: string[]; default: string | null };

export type PlanJob = JobScope & {
  prd: { text: string; file: string };
  settings: RunSettings;
  models: readonly string[];
  lodging: Lodging;
  /** Puts a question of the planner to the person; null when nobody is there to ask. */
  ask: ((question: PlanQuestion) => Promise<string>) | null;
};

export type PlanPorts = {
  agent: Agent;
  sandboxes: SandboxProvider;
  gitCommonDir: string;
  /** A checkout of the base, to look around in. */
  checkout: () => Promise<{ path: string; gitDir: string }>;
  files: readonly string[];
  readAtBase: (path: string) => Promise<string | null>;
};

/**
 * Turns a PRD in free text into a plan that holds.
 * @throws AgentxError PLANNING_FAILED, or PLANNER_ASKS when it has a question and nobody can be asked
 */
export async function planPrd(job: PlanJob, ports: PlanPorts): Promise<Plan> {
  const { prd, settings } = job;
  const { files, readAtBase } = ports;
  const context = await buildPlanContext({
    files,
    readAtBase,
    prd,
    gates: settings.gates,
    budget: defaultBudget,
  });
  const opening = openSandbox(job, ports);
  await using _closed = { [Symbol.asyncDispose]: () => closeOpening(opening) };
  const conversation = conversationInMemory();
  let { prompt } = context;
  let answer: string | null = null;
  for (;;) {
    const result = await workIn(opening, {
      agent: ports.agent,
      job: {
        ...scopeOf(job),
        ...placesOf(job.lodging),
        task: "plan",
        role: "plan",
        system: context.system,
        prompt,
        tools: ["read", "search", "list", "ask"],
        submit: { tool: planTool, check: checkPlan },
        answer,
        session: null,
        conversation,
        models: job.models,
        limits: settings.limits,
        takeNotes: () => [],
      },
    });
    if (result.type === "submitted") return toPlan(result.value, { file: prd.file, prd: prd.text });
    if (result.type !== "asked") throw failed(result.type === "failed" ? result.failure : null, prd.file);
    answer = await answerTo(result, job);
    prompt = `You asked: ${result.text}\nThe person answers: ${answer}`;
  }
}

async function openSandbox({ settings, scratch, lodging }: PlanJob, ports: PlanPorts): Promise<Sandbox> {
  const { path: root, gitDir } = await ports.checkout();
  const { gitCommonDir } = ports;
  const spec = readingSpec({ root, scratch, readOnly: settings.sandboxReadOnly, gitCommonDir, gitDir });
  return ports.sandboxes.open(lodge(spec, lodging));
}

async function answerTo(question: PlanQuestion, { ask, prd, settings }: PlanJob): Promise<string> {
  if (ask) return ask(question);
  if (settings.useDefaults && question.default !== null) return question.default;
  throw new AgentxError(
    "PLANNER_ASKS",
    {
      where: prd.file,
      what: `the planner has a question first: ${question.text}`,
      hint: "answer it in the PRD, or plan on a terminal: agentx plan",
    },
    exitCodes.waitingForAnswers,
  );
}

function failed(failure: { reason: string; hint: string } | null, file: string): AgentxError {
  const what =
    failure === null ? "the planner ended without a plan" : `no plan came of it: ${failure.reason}`;
  const hint =
    failure?.hint || "write the tasks yourself: docs/formats.md of the package agentx-cli has the form";
  return new AgentxError("PLANNING_FAILED", { where: file, what, hint });
}
