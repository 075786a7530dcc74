import { Command, CommanderError, Option } from "commander";
import { AgentxError, exitCodes } from "../core/error.ts";
import type { DispatchOptions } from "./dispatch.ts";
import type { DoctorOptions } from "./doctor.ts";
import type { GatesOptions } from "./gates.ts";
import type { InitOptions } from "./init.ts";
import type { PlanOptions } from "./plan.ts";
import type { QuestionsOptions } from "./questions.ts";
import { addPlannerOptions, addSettingsOptions, addViewOptions, type ViewOptions } from "./run-options.ts";
import { print, tell, type Terminal } from "./terminal.ts";

/** Parses the command line and runs the command that it names; only that command's code is loaded. */
export async function parseAndRun(terminal: Terminal, version: string): Promise<number> {
  let exitCode: number = exitCodes.allMerged;
  const program = describeProgram(terminal, {
    version,
    setExitCode: (code) => {
      exitCode = code;
    },
  });
  try {
    await program.parseAsync([...terminal.args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return exitCodes.allMerged;
    // No command at all: its help was shown.
    if (error.code === "commander.help") return exitCodes.usage;
    const called = program.commands.find((command) => command.name() === terminal.args[0]);
    throw misused(error, called?.name() ?? null);
  }
  return exitCode;
}

/** @param command null where none is meant that is there */
function misused({ message }: CommanderError, command: string | null): AgentxError {
  const [what = "", ...guesses] = message
    .replace(/^error: /, "")
    .trim()
    .split("\n");
  const help =
    command === null ? "agentx --help shows the commands" : `agentx ${command} --help shows how it is used`;
  return new AgentxError("USAGE", { where: "", what, hint: [...guesses, help].join("\n") });
}

/** `setExitCode` is given what a command ended with. */
type Frame = { version: string; setExitCode: (code: number) => void };

/** Every command and option; docs/cli.md is held against it. */
export function describeProgram(terminal: Terminal, { version, setExitCode }: Frame): Command {
  const run = <A extends unknown[]>(action: (...args: A) => Promise<number>) => {
    return async (...args: A): Promise<void> => setExitCode(await action(...args));
  };
  const program = new Command("agentx")
    .description(
      "From a PRD to merged, verified branches: plans tasks, gives each to an agent, checks, reviews and merges.",
    )
    .version(version, "-V, --version")
    .configureOutput({
      writeOut: (text) => print(terminal, text),
      writeErr: (text) => tell(terminal, text),
      // Told as every other error is.
      outputError: () => {},
    })
    .exitOverride();

  addSettingsOptions(
    addViewOptions(
      program
        .command("dispatch <input>")
        .description('plan, work, gate, review and merge: <input> is a plan or PRD file, "-", or a text'),
    ),
  )
    .option("-y, --yes", "do not ask before starting")
    .option("--anew", "although a run of this plan is not finished")
    .action(
      run(async (input: string, options: DispatchOptions) =>
        (await import("./dispatch.ts")).dispatch(terminal, input, options),
      ),
    );

  addViewOptions(
    program
      .command("resume [run]")
      .description("go on with a run that was interrupted or waited for an answer"),
  ).action(
    run(async (name: string | undefined, options: ViewOptions) =>
      (await import("./resume.ts")).resume(terminal, name ?? null, options),
    ),
  );

  addPlannerOptions(
    program
      .command("plan <input>")
      .description('only plan: print the tasks of a PRD file, "-" or a text, or write them with -o'),
  )
    .option("-o, --output <file>", "write the plan there instead of printing it")
    .option("--json", "as JSON")
    .action(
      run(async (input: string, options: PlanOptions) =>
        (await import("./plan.ts")).plan(terminal, input, options),
      ),
    );

  describeWatching(program, { terminal, run });
  describeSteering(program, { terminal, run });
  describeProject(program, { terminal, run });
  describeWorkers(program, run);
  return program;
}

type Runner = <A extends unknown[]>(action: (...args: A) => Promise<number>) => (...args: A) => Promise<void>;
type Around = { terminal: Terminal; run: Runner };
type InRun = { run?: string };

const runOption = ["--run <run>", "another run than the latest"] as const;

function describeWatching(program: Command, { terminal, run }: Around): void {
  program
    .command("status")
    .description("how the run stands")
    .option(...runOption)
    .option("--json", "as JSON")
    .action(
      run(async (options: InRun & { json?: boolean }) =>
        (await import("./status.ts")).status(terminal, options),
      ),
    );
  program
    .command("questions")
    .description("what waits for you")
    .option(...runOption)
    .option("--json", "as JSON")
    .option("--wait", "until something does, or nobody works on the run any more")
    .action(
      run(async (options: QuestionsOptions) => (await import("./questions.ts")).questions(terminal, options)),
    );
  program
    .command("log <task>")
    .description("what happened to a task, and what its worker and the model said")
    .option(...runOption)
    .option("--json", "its events as JSON lines")
    .action(
      run(async (task: string, options: InRun & { json?: boolean }) =>
        (await import("./log.ts")).log(terminal, task, options),
      ),
    );
  program
    .command("diff <task>")
    .description("a task's change")
    .option(...runOption)
    .action(
      run(async (task: string, options: InRun) => (await import("./diff.ts")).diff(terminal, task, options)),
    );
  program
    .command("context <task>")
    .description("what a task's worker is given, and what each part costs in tokens")
    .option("--plan <input>", "a task of this plan file, before it is dispatched")
    .option(...runOption)
    .option("--json", "as JSON")
    .option("--full", "the whole text")
    .action(
      run(async (task: string, options: InRun & { plan?: string; json?: boolean; full?: boolean }) =>
        (await import("./context.ts")).context(terminal, task, options),
      ),
    );
}

function describeSteering(program: Command, { terminal, run }: Around): void {
  program
    .command("answer <question> <text>")
    .description("answer a question; from any terminal, at any time")
    .option(...runOption)
    .action(
      run(async (question: string, text: string, options: InRun) =>
        (await import("./answer.ts")).answer(terminal, { question, text }, options),
      ),
    );
  program
    .command("note <task> <text>")
    .description("tell a task's worker something; it reads it at its next turn, or at its next start")
    .option(...runOption)
    .action(
      run(async (task: string, text: string, options: InRun) =>
        (await import("./steer.ts")).steer(terminal, { type: "note", task, text }, options),
      ),
    );
  program
    .command("retry <task>")
    .description("start a task again that failed, was canceled or skipped, or is blocked")
    .option("--note <text>", "what to do differently")
    .option(...runOption)
    .action(
      run(async (task: string, options: InRun & { note?: string }) =>
        (await import("./steer.ts")).steer(
          terminal,
          { type: "retry", task, note: options.note ?? "" },
          options,
        ),
      ),
    );
  program
    .command("cancel <task>")
    .description("stop a task for good; its work is kept on its branch")
    .option(...runOption)
    .action(
      run(async (task: string, options: InRun) =>
        (await import("./steer.ts")).steer(terminal, { type: "cancel", task }, options),
      ),
    );
  program
    .command("clean [run]")
    .description("remove worktrees, and branches whose work is merged; says what it keeps")
    .option("--all", "every finished run")
    .action(
      run(async (name: string | undefined, options: { all?: boolean }) =>
        (await import("./clean.ts")).clean(terminal, name ?? null, options),
      ),
    );
}

/** Inside a worker's sandbox `agentx` is a smaller program that has only these; here they say so. */
function describeWorkers(program: Command, run: Runner): void {
  const words: [string, string][] = [
    ["ask", "inside a worker: ask the person, and wait for the answer"],
    ["notes", "inside a worker: what the person has said meanwhile"],
    ["mcp", "inside a worker: the same as an MCP server on stdin and stdout"],
  ];
  for (const [name, description] of words) {
    program
      .command(`${name} [args...]`)
      .description(description)
      .allowUnknownOption()
      .action(
        run(async (args: string[]) =>
          (await import("../engine/worker-command.ts")).runWorkerCommand([name, ...args]),
        ),
      );
  }
}

function describeProject(program: Command, { terminal, run }: Around): void {
  program
    .command("init")
    .description("write a commented agentx.yaml with the gates, agents and models that were found")
    .option("--print", "only print it")
    .option(
      "--from-dispatch [file]",
      "with the agents of the Dispatch skill, else of ~/.dispatch/config.yaml",
    )
    .action(run(async (options: InitOptions) => (await import("./init.ts")).init(terminal, options)));
  program
    .command("doctor")
    .description("what works here, what does not, and how to fix it")
    .option("--sandbox", "try to get out of a sandbox of this machine, in every way that is known here")
    .addOption(
      new Option(
        "--repair",
        "show what crashes and bad disks have left here and how it can be mended, and ask before it is",
      ).conflicts("sandbox"),
    )
    .option("-y, --yes", "with --repair: do not ask")
    .option("--json", "as JSON")
    .action(run(async (options: DoctorOptions) => (await import("./doctor.ts")).doctor(terminal, options)));
  program
    .command("gates")
    .description("what the gates say of a commit, outside of any run; or whether they can refuse anything")
    .option("--commit <commit>", "another commit than HEAD")
    .option("--prove", "plant a fault for each gate, in a checkout of agentx's own, and see it refused")
    .option("--json", "as JSON")
    .option("--unsafe-no-sandbox", "run the gates without any walls around them")
    .action(run(async (options: GatesOptions) => (await import("./gates.ts")).gates(terminal, options)));
  program
    .command("demo [folder]")
    .description("a whole run in a small project of its own, with a scripted model: no key needed")
    .option("--plain", "lines instead of the live view")
    .option("--json", "events as JSON lines on stdout")
    .action(
      run(async (folder: string | undefined, options: { plain?: boolean; json?: boolean }) =>
        (await import("./demo.ts")).demo(terminal, folder ?? null, options),
      ),
    );
}
