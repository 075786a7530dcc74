import { relative } from "node:path";
import { hintForGates } from "../engine/gates/hint-for-gates.ts";
import { AgentxError, exitCodes } from "../core/error.ts";
import { plainLine } from "../core/plain-text.ts";
import type { Plan } from "../core/plan.ts";
import { newRunId } from "../core/run-id.ts";
import type { Asked } from "../engine/ask-ahead.ts";
import { rolesOf } from "../engine/demands.ts";
import { findEarlierRun } from "../engine/earlier-run.ts";
import { requireUnlocked } from "../engine/lock-repository.ts";
import { planIn, printPlanFile } from "../engine/make-plan.ts";
import { placeForPlan } from "../engine/place-for-plan.ts";
import { prepareRun, readConfigFile } from "../engine/prepare.ts";
import { readInput } from "../engine/read-input.ts";
import { requirePlaces } from "../engine/require-writable.ts";
import { findSandboxFor } from "../engine/sandboxes.ts";
import { ofUncommitted, type Workspace } from "../engine/workspace.ts";
import { confirm } from "./confirm.ts";
import { obtainPlan } from "./obtain-plan.ts";
import type { DispatchOptions } from "./dispatch.ts";
import { flagsOf } from "./run-options.ts";
import { isInteractive, tell, type Terminal } from "./terminal.ts";
import { writePlan } from "./write-plan.ts";

type Dispatching = { input: string; options: DispatchOptions; asked: Asked };

/** The whole of a dispatch, once git and the sandbox have been asked. */
export async function dispatchAsked(
  terminal: Terminal,
  { input, options, asked }: Dispatching,
): Promise<number> {
  const { cwd, env, now } = terminal;
  const workspace = await asked.workspace;
  const handedIn = await readInput(input, { workspace, cwd, stdin: terminal.stdin });
  const given = planIn(handedIn);
  const base = await asked.base;
  requirePlaces(workspace);
  requireUnlocked(workspace);
  const { settings, notes } = await prepareRun(workspace, {
    base,
    flags: flagsOf(options),
    plan: given,
    needed: rolesOf(given),
  });
  await heedEarlierRun(terminal, { workspace, file: handedIn.file, commit: base.commit, options });
  if (settings.gates.length === 0 && options.gates !== false) throw noGates(await readConfigFile(workspace));
  const sandboxes = await findSandboxFor(env, settings, asked.bubblewrap);
  if (!options.json) for (const note of notes) tell(terminal, note);
  const run = newRunId(now(), Math.random());
  const { plan, planning } = await obtainPlan(terminal, handedIn, {
    run,
    plan: given,
    workspace,
    settings,
    openSandboxes: async () => sandboxes,
    base,
  });
  if (plan.tasks.every((task) => task.done)) {
    tell(terminal, `${plan.source.file}: every task is done already`);
    return exitCodes.allMerged;
  }
  if (!options.json) {
    const { showPlan } = await import("./show-plan.ts");
    await showPlan(terminal, { plan, settings });
  }
  if (await asked.isDirty) tell(terminal, `Your checkout has changes: ${ofUncommitted}.`);
  if (!options.yes && isInteractive(terminal) && !(await confirm(terminal, "Start?"))) {
    if (given === null) await keepPlan(terminal, { workspace, run, plan });
    else tell(terminal, "Nothing was started.");
    return exitCodes.someNotMerged;
  }
  const [{ watchedRun }, { startRun }] = await Promise.all([
    import("./watched-run.ts"),
    import("../engine/run-session.ts"),
  ]);
  return watchedRun(terminal, { workspace, run, options, startedAt: now() }, (watch) =>
    startRun(
      workspace,
      { run, plan, settings, base, planning },
      { watch, sandboxes, now, command: `agentx dispatch ${input}` },
    ),
  );
}

/** A model was paid for it. */
async function keepPlan(
  terminal: Terminal,
  { workspace, run, plan }: { workspace: Workspace; run: string; plan: Plan },
): Promise<void> {
  const file = await placeForPlan(workspace, run);
  await writePlan(terminal, { file, text: printPlanFile(plan) });
  const named = plainLine(relative(terminal.cwd, file));
  tell(terminal, `Nothing was started. The plan is kept; read it, change it, then: agentx dispatch ${named}`);
}

type Earlier = { workspace: Workspace; file: string; commit: string; options: DispatchOptions };

/** A second run of one plan would start without what the first has merged, although the plan is ticked. */
async function heedEarlierRun(
  terminal: Terminal,
  { workspace, file, commit, options }: Earlier,
): Promise<void> {
  const earlier = await findEarlierRun(workspace, { file, commit });
  if (earlier === null) return;
  if (earlier.type === "notTaken") {
    tell(terminal, `What the run ${earlier.run} merged is not on your branch yet: ${earlier.command}`);
  } else if (!options.anew) {
    throw new AgentxError("RUN_UNFINISHED", {
      where: file,
      what: `the run ${earlier.run} of this plan is not finished`,
      hint: `agentx resume ${earlier.run} goes on with it; --anew starts another, without what it has merged`,
    });
  }
}

function noGates(config: { text: string | null; file: string }): AgentxError {
  return new AgentxError("NO_GATES", {
    where: config.file,
    what: "nothing here checks the work: no gates are configured, and none were found",
    hint: `${hintForGates(config)}; --no-gates runs without any`,
  });
}
