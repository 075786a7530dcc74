import { join } from "node:path";
import { openQuestions, type RunState } from "../core/run-state.ts";
import { createRunControl, type RunControl } from "../engine/run-control.ts";
import type { RunWatch } from "../engine/run-watch.ts";
import type { Workspace } from "../engine/workspace.ts";
import type { Reporter } from "../report/reporter.ts";
import { readAnswers, type AnswerLine } from "./answer-line.ts";
import type { ViewOptions } from "./run-options.ts";
import { createRunLog } from "./run-log.ts";
import { isInteractive, print, type Terminal, usesColors } from "./terminal.ts";

/** Everything that shows and steers a running run; `close` gives the terminal back. */
export type Watching = { watch: RunWatch; control: RunControl; close: () => void };

/** Chooses the view, opens the run's log, and listens to signals and to what the person types. */
export async function watchRun(
  terminal: Terminal,
  { workspace, run, options }: { workspace: Workspace; run: string; options: ViewOptions },
): Promise<Watching> {
  const control = createRunControl();
  const file = join(workspace.folder, "runs", run, "log.jsonl");
  const log = await createRunLog(file, options.verbose === true ? terminal : null);
  const { reporter, answers } = await chooseView(terminal, { workspace, control, options });
  const stopListening = (["SIGINT", "SIGTERM", "SIGHUP", "SIGPIPE"] as const).map((signal) =>
    terminal.onSignal(signal, () => control.interrupt(signal)),
  );
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
  };
  return {
    watch,
    control,
    close: () => {
      for (const stop of stopListening) stop();
      answers?.close();
      reporter.close();
      log.close();
    },
  };
}

function askable(state: RunState): { run: string; question: number; options: readonly string[] } | null {
  const [question] = openQuestions(state);
  return question ? { run: state.run, question: question.id, options: question.options } : null;
}

type Choice = { workspace: Workspace; control: RunControl; options: ViewOptions };

async function chooseView(
  terminal: Terminal,
  { workspace, control, options }: Choice,
): Promise<{ reporter: Reporter; answers: AnswerLine | null }> {
  if (options.json) {
    const { createJsonReporter } = await import("../report/json.ts");
    return { reporter: createJsonReporter({ write: (text) => print(terminal, text) }), answers: null };
  }
  const colors = usesColors(terminal);
  if (options.plain || !isInteractive(terminal)) {
    const { createPlainReporter } = await import("../report/plain.ts");
    return {
      reporter: createPlainReporter({ write: (text) => terminal.stderr.write(text), colors }),
      answers: null,
    };
  }
  const { createTtyReporter } = await import("../report/tty.ts");
  const reporter = createTtyReporter({ stream: terminal.stderr, colors, now: terminal.now });
  const answers = readAnswers(terminal, {
    workspace,
    onTyped: (prompt) => reporter.setPrompt(prompt),
    interrupt: () => control.interrupt("SIGINT"),
  });
  return { reporter, answers };
}
