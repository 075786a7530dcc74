import { setTimeout } from "node:timers/promises";
import { exitCodes } from "../core/error.ts";
import { openQuestions } from "../core/run-state.ts";
import { findFolder } from "../engine/find-folder.ts";
import { readStatus, type RunStatus } from "../engine/read-status.ts";
import { renderJson } from "../report/json.ts";
import { renderQuestions } from "../report/questions.ts";
import { questionOf } from "../report/status-json.ts";
import { untaken } from "./status.ts";
import { stdoutLook } from "./stdout-look.ts";
import { print, type Terminal } from "./terminal.ts";

export type QuestionsOptions = { run?: string; json?: boolean; wait?: boolean };

/** How often `--wait` looks. */
const lookMs = 400;

/**
 * What waits for the person. A listing, so it ends with 0 whether something waits or not; with `wait` it ends when
 * something does, with 3, or when nobody works on the run any more.
 */
export async function questions(terminal: Terminal, options: QuestionsOptions): Promise<number> {
  const folder = await findFolder(terminal.cwd, terminal.env);
  const run = options.run ?? null;
  if (options.wait) await untilAsked(folder, run);
  const status = readStatus(folder, run);
  show(terminal, { status, options });
  const isAsked = options.wait === true && openQuestions(status.state).length > 0;
  return isAsked ? exitCodes.waitingForAnswers : exitCodes.allMerged;
}

async function untilAsked(folder: string, run: string | null): Promise<void> {
  for (;;) {
    const { state, answered, dispatcher } = readStatus(folder, run);
    const isAsked = openQuestions(state).some((question) => !answered.has(question.id));
    if (isAsked || dispatcher === null) return;
    await setTimeout(lookMs);
  }
}

function show(
  terminal: Terminal,
  { status, options }: { status: RunStatus; options: QuestionsOptions },
): void {
  const { state, answered } = status;
  if (options.json) {
    const open = openQuestions(state).map((question) => questionOf(question, answered));
    return print(terminal, renderJson(open));
  }
  const look = stdoutLook(terminal);
  print(terminal, renderQuestions({ state, answered: untaken(status), ...look }));
}
