import { join } from "node:path";
import type { RunBase } from "../core/event.ts";
import type { Plan } from "../core/plan.ts";
import type { RunSettings } from "../core/run-settings.ts";
import { addCall, noSpend, type Spend } from "../core/usage.ts";
import { readPlan } from "../formats/detect.ts";
import { taskLineOf } from "../formats/plan-md-grammar.ts";
import { printPlan } from "../formats/plan-md-print.ts";
import type { SandboxProvider } from "../sandbox/sandbox.ts";
import { makeFolder } from "../sys/make-folder.ts";
import { removeTree } from "../sys/remove-tree.ts";
import { planPrd, type PlanJob } from "../stages/plan/plan-prd.ts";
import type { Input } from "./read-input.ts";
import { modelsFor } from "../core/role-models.ts";
import { repositoryView } from "./repository-view.ts";
import type { Workspace } from "./workspace.ts";
import { openWorkshop } from "./workshop.ts";

export type Planned = { plan: Plan; planning: Spend };

/** The plan that the input is, or null for a PRD in free text. @throws AgentxError PLAN_INVALID with every problem */
export function planIn(input: Input): Plan | null {
  return readPlan(input);
}

/** Whether a text that is no plan has boxes: only a heading "## Tasks" above them makes them tasks. */
export function hasBoxes({ text }: Input): boolean {
  return text.split("\n").some((line) => taskLineOf(line) !== null);
}

export type Planning = Pick<PlanJob, "ask" | "onActivity" | "signal"> & {
  /** The run that the plan is for. */
  run: string;
  settings: RunSettings;
  sandboxes: SandboxProvider;
  base: RunBase;
};

/** Has the planner's model turn a PRD into a plan. @throws AgentxError PLANNING_FAILED, PLANNER_ASKS */
export async function makePlan(workspace: Workspace, prd: Input, planning: Planning): Promise<Planned> {
  const { run, settings, sandboxes, base } = planning;
  const { repo, home } = workspace;
  await using shop = await openWorkshop(workspace, { run, settings, sandboxes });
  const { pool } = shop;
  const agent = await shop.crew.memberFor({ role: "plan", task: null });
  // Of this planning alone: another one may be under way beside it. Nothing goes on from what it leaves.
  const folders = { scratch: join(home, "scratch", run), home: join(home, "agents", run) };
  await using _left = {
    [Symbol.asyncDispose]: async () => {
      for (const folder of Object.values(folders)) await removeTree(folder);
    },
  };
  const { scratch } = folders;
  await makeFolder(scratch);
  const { files, readAtBase } = await repositoryView(repo, base.commit);
  let spend = noSpend;
  const plan = await planPrd(
    {
      ...planning,
      prd,
      scratch,
      models: modelsFor(settings, { role: "plan", task: null }),
      lodging: await shop.lodgings.open(agent, run),
      usdLeft: () => (settings.budgetUsd === null ? null : Math.max(0, settings.budgetUsd - spend.usd)),
      onAgentStarted: () => {},
      onToolsWithheld: ({ names }) => planning.onActivity(`withheld from the vendor: ${names.join(", ")}`),
      onModelLeft: ({ reason, next }) => planning.onActivity(`${reason}; goes on with ${next}`),
      onModelPaused: ({ reason }) => planning.onActivity(reason),
      onModelCall: (call) => {
        spend = addCall(spend, call.usage, call.usd);
      },
    },
    {
      agent,
      sandboxes,
      gitCommonDir: repo.commonDir,
      checkout: () => pool.leaseDetached({ name: "planner", commit: base.commit }),
      files,
      readAtBase,
    },
  );
  return { plan, planning: spend };
}

/** The plan as a plan.md that a person can read and edit. */
export function printPlanFile(plan: Plan): string {
  return printPlan(plan);
}
