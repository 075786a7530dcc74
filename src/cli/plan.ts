import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { AgentxError, exitCodes } from "../core/error.ts";
import { newRunId } from "../core/run-id.ts";
import { planIn, printPlanFile } from "../engine/make-plan.ts";
import { prepareRun } from "../engine/prepare.ts";
import { readInput } from "../engine/read-input.ts";
import { requireWritable } from "../engine/require-writable.ts";
import { findSandboxFor } from "../engine/sandboxes.ts";
import { findBase, openWorkspace } from "../engine/workspace.ts";
import { whyUnwritable } from "../sys/why-unwritable.ts";
import { obtainPlan } from "./obtain-plan.ts";
import { flagsOf, type PlannerOptions } from "./run-options.ts";
import { showPlan } from "./show-plan.ts";
import { print, tell, type Terminal } from "./terminal.ts";
import { writePlan } from "./write-plan.ts";

export type PlanOptions = PlannerOptions & { output?: string; json?: boolean };

/** Only plans. The plan goes to stdout as a plan.md, or into a file that is not there yet. */
export async function plan(terminal: Terminal, input: string, options: PlanOptions): Promise<number> {
  const { cwd, env } = terminal;
  const output = options.output === undefined ? null : resolve(cwd, options.output);
  if (output !== null) requireNewFile(output, options.output ?? "");
  const workspace = await openWorkspace(cwd, env);
  const handedIn = await readInput(input, { workspace, cwd, stdin: terminal.stdin });
  const given = planIn(handedIn);
  const base = await findBase(workspace);
  // Only a planner has anything to keep there.
  if (given === null) requireWritable(workspace.home, "home");
  const needed = given === null ? (["plan"] as const) : [];
  const { settings } = await prepareRun(workspace, { base, flags: flagsOf(options), plan: given, needed });
  const openSandboxes = () => findSandboxFor(env, settings);
  const run = newRunId(terminal.now(), Math.random());
  const around = { run, workspace, plan: given, settings, openSandboxes, base };
  const made = await obtainPlan(terminal, handedIn, around);
  if (options.json) {
    print(terminal, JSON.stringify(made.plan));
    return exitCodes.allMerged;
  }
  await showPlan(terminal, { plan: made.plan, settings });
  const text = printPlanFile(made.plan);
  if (output === null) print(terminal, text);
  else {
    await writePlan(terminal, { file: output, text });
    tell(
      terminal,
      `Written to ${options.output}. Read it, change it, then: agentx dispatch ${options.output}`,
    );
  }
  return exitCodes.allMerged;
}

/** Before a planner is paid. */
function requireNewFile(file: string, named: string): void {
  const hint = "choose another name, or leave -o out to print the plan";
  if (existsSync(file)) {
    const what = "the file is there already, and nothing of yours is ever overwritten";
    throw new AgentxError("FILE_EXISTS", { where: named, what, hint });
  }
  const folder = dirname(file);
  const why = existsSync(folder) ? (whyUnwritable(file)?.why ?? null) : "it is not there";
  if (why === null) return;
  const what = `no plan can be written here: ${folder}: ${why}`;
  throw new AgentxError("UNWRITABLE", { where: named, what, hint });
}
