import { delimiter, dirname, resolve } from "node:path";
import { AgentxError, exitCodes } from "../core/error.ts";
import type { RunSettings } from "../core/run-settings.ts";
import { newRunId } from "../core/run-id.ts";
import { noSpend } from "../core/usage.ts";
import { type DemoProject, makeDemoProject, readDemoHistory } from "../engine/demo-project.ts";
import { rolesOf } from "../engine/demands.ts";
import { planIn } from "../engine/make-plan.ts";
import { prepareRun } from "../engine/prepare.ts";
import { readInput } from "../engine/read-input.ts";
import { startRun } from "../engine/run-session.ts";
import { findSandboxFor } from "../engine/sandboxes.ts";
import { findBase, openWorkspace } from "../engine/workspace.ts";
import { ownCommand } from "./own-command.ts";
import { showPlan } from "./show-plan.ts";
import { isInteractive, tell, type Terminal, usesColors } from "./terminal.ts";
import { watchedRun } from "./watched-run.ts";

type DemoOptions = { plain?: boolean; json?: boolean };

/** A whole run in a small project of its own: all of it is real but the model, which is scripted. */
export async function demo(terminal: Terminal, folder: string | null, options: DemoOptions): Promise<number> {
  const say = (text: string): void => {
    if (!options.json) tell(terminal, text);
  };
  const project = await makeDemoProject(folder === null ? null : resolve(terminal.cwd, folder));
  const env = demoEnv(terminal.env);
  const workspace = await openWorkspace(project.folder, env);
  const canAsk = isInteractive(terminal) && !options.json && !options.plain;
  const base = await findBase(workspace);
  const handedIn = await readInput(project.planFile, {
    workspace,
    cwd: project.folder,
    stdin: terminal.stdin,
  });
  const plan = planIn(handedIn);
  if (plan === null) throw new Error(`${project.planFile} of the demo is no plan`);
  const flags = { useDefaults: !canAsk };
  const prepared = await prepareRun(workspace, { base, flags, plan, needed: rolesOf(plan) });
  const program = ownCommand(terminal.env, process.argv[1] ?? "");
  say(introduction(project, program));
  const { settings, sandboxes } = await openSandboxes(env, prepared.settings, say);
  for (const note of project.notes) say(`  ${note}`);
  if (!options.json) await showPlan(terminal, { plan, settings });
  say("");
  const run = newRunId(terminal.now(), Math.random());
  const exitCode = await watchedRun(
    terminal,
    { workspace, run, options, startedAt: terminal.now() },
    (watch) =>
      startRun(
        workspace,
        { run, plan, settings, base, planning: noSpend },
        { watch, sandboxes, now: terminal.now, command: "agentx demo" },
      ),
  );
  const history = exitCode === exitCodes.allMerged ? await readDemoHistory(project.folder) : null;
  say(ending(project, { run, history, program, colors: usesColors(terminal) }));
  return exitCode;
}

/** The Node that runs agentx is new enough for the project. */
function demoEnv(env: Terminal["env"]): Terminal["env"] {
  const path = [dirname(process.execPath), ...(env["PATH"] ? [env["PATH"]] : [])].join(delimiter);
  return { ...env, PATH: path };
}

/** Only here, where every command is our own, does agentx go on without a sandbox unasked; and it says so. */
async function openSandboxes(
  env: Terminal["env"],
  settings: RunSettings,
  say: (text: string) => void,
): Promise<{ settings: RunSettings; sandboxes: Awaited<ReturnType<typeof findSandboxFor>> }> {
  try {
    const sandboxes = await findSandboxFor(env, settings);
    say(`  Commands run in a sandbox: ${sandboxes.name}.`);
    return { settings, sandboxes };
  } catch (error) {
    if (!(error instanceof AgentxError) || error.code !== "SANDBOX_MISSING") throw error;
    const [problem] = error.problems;
    say(`  There is no sandbox here: ${problem?.what ?? error.message}.`);
    say("  apt-get install bubblewrap brings one; agentx doctor says more.");
    say("  The demo goes on without it, as its commands are our own. agentx dispatch would refuse.");
    const unsafe = { ...settings, unsafeNoSandbox: true };
    return { settings: unsafe, sandboxes: await findSandboxFor(env, unsafe) };
  }
}

function introduction({ folder }: DemoProject, program: string): string {
  return [
    "",
    "  A whole run, in a project made for it. The model is scripted, so no key is needed and nothing is spent;",
    "  the worktrees, commands, gates, reviews and merges are real.",
    "",
    `  The project is in ${folder}`,
    ...(program === "agentx" ? [] : [`  Where it says agentx, type: ${program}`]),
  ].join("\n");
}

type Ending = { run: string; history: string[] | null; program: string; colors: boolean };

function ending({ folder }: DemoProject, { run, history, program, colors }: Ending): string {
  const strong = (text: string): string => (colors ? `\u001b[1m${text}\u001b[22m` : text);
  const report = `.agentx/runs/${run}/report.md`;
  if (history === null) {
    return [
      "",
      "  The demo did not come to its end; what there is, is kept. To go on:",
      `    cd ${folder}`,
      `    ${program} resume ${run}`,
      `  What happened so far: ${report}`,
      "",
    ].join("\n");
  }
  return [
    "",
    `  ${strong("main has it all")}: git log --oneline --graph`,
    ...history.map((line) => `    ${line}`),
    "",
    `  Look around: cd ${folder}`,
    "    git show             the last change",
    "    node --test          the tests of all tasks together; needs Node 24",
    `    less ${report}`,
    "",
    "  The model was scripted. For a real one, in a project of your own:",
    `    ${strong("export ANTHROPIC_API_KEY=…")}    or OPENAI_API_KEY, or GEMINI_API_KEY`,
    `    ${strong(`${program} dispatch plan.md`)}       or any text that says what you want`,
    "",
  ].join("\n");
}
