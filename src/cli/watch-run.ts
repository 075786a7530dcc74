import { join } from "node:path";
import { openQuestions, type RunState } from "../core/run-state.ts";
import { createRunControl, type RunControl } from "../engine/run-control.ts";
import type { RunWatch } from "../engine/run-watch.ts";
import type { Workspace } from "../engine/workspace.ts";
import type { Reporter } from "../report/reporter.ts";
import { keepStanding, standingText } from "../report/standing.ts";
import { readAnswers, type AnswerLine } from "./answer-line.ts";
import type { ViewOptions } from "./run-options.ts";
import { createRunLog } from "./run-log.ts";
import { isInteractive, print, type Terminal, usesColors } from "./terminal.ts";

/** Everything that shows and steers a running run; `close` gives the terminal back. */
export type Watching = { watch: RunWatch; control: RunControl; close: () => void };

type Watched = { workspace: Workspace; run: string; options: ViewOptions; startedAt: number };

/** Chooses the view, opens the run's log, and listens to signals, to closed outputs and to what the person types. */
export async function watchRun(
  terminal: Terminal,
  { workspace, run, options, startedAt }: Watched,
): Promise<Watching> {
  const control = createRunControl();
  const file = join(workspace.folder, "runs", run, "log.jsonl");
  const log = await createRunLog(file, terminal, options.verbose === true);
  const { reporter, answers } = await chooseView(terminal, { workspace, control, options, startedAt });
  // Until the process ends: a Ctrl-C after the last event must not take the summary and the exit code along.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    terminal.onSignal(signal, () => control.interrupt(signal));
  terminal.onReaderGone(() => control.interrupt("SIGPIPE"));
  const standing = keepStanding();
  const watch: RunWatch = {
    onEvent: (event, state) => {
      reporter.onEvent(event, state);
      log.write({ level: "info", message: event.type, facts: { event } });
      answers?.setQuestion(askable(state));
    },
    onActivity: (activity) => reporter.onActivity(activity),
    log: log.write,
    control,
    waitForAnswers: answers !== null,
    standing: {
      add: standing.add,
      of: (state) => standingText(standing.of(state, workspace.secrets.findAny)),
    },
  };
  return {
    watch,
    control,
    close: () => {
      answers?.close();
      reporter.close();
      log.close();
    },
  };
}

function askable(state: RunState): { run: string; question: number } | null {
  const [question] = openQuestions(state);
  return question ? { run: state.run, question: question.id } : null;
}

type Choice = Omit<Watched, "run"> & { control: RunControl };

async function chooseView(
  terminal: Terminal,
  { workspace, control, options, startedAt }: Choice,
): Promise<{ reporter: Reporter; answers: AnswerLine | null }> {
  if (options.json) {
    const { createJsonReporter } = await import("../report/json.ts");
    return { reporter: createJsonReporter({ write: (text) => print(terminal, text) }), answers: null };
  }
  const colors = usesColors(terminal);
  if (options.plain || !isInteractive(terminal)) {
    const { createPlainReporter } = await import("../report/plain.ts");
    return {
      reporter: createPlainReporter({ write: (text) => terminal.stderr.write(text), colors, startedAt }),
      answers: null,
    };
  }
  const { createTtyReporter } = await import("../report/tty.ts");
  const reporter = createTtyReporter({ stream: terminal.stderr, colors, now: terminal.now, startedAt });
  const answers = readAnswers(terminal, {
    workspace,
    onTyped: (prompt) => reporter.setPrompt(prompt),
    interrupt: () => control.interrupt("SIGINT"),
  });
  return { reporter, answers };
}
