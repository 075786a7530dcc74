import { exitCodes } from "../core/error.ts";
import { openQuestions } from "../core/run-state.ts";
import { findFolder } from "../engine/find-folder.ts";
import { readStatus } from "../engine/read-status.ts";
import { renderJson } from "../report/json.ts";
import { renderPending } from "../report/pending.ts";
import { renderQuestions } from "../report/questions.ts";
import { stdoutLook } from "./stdout-look.ts";
import { print, tell, type Terminal } from "./terminal.ts";

/** What waits for the person. A listing, so it ends with 0 whether something waits or not. */
export async function questions(
  terminal: Terminal,
  options: { run?: string; json?: boolean },
): Promise<number> {
  const folder = await findFolder(terminal.cwd, terminal.env);
  const { state, pending, dispatcher } = readStatus(folder, options.run ?? null);
  if (options.json) {
    const open = openQuestions(state).map(
      ({ id, kind, task, text, options: suggested, default: fallback }) => {
        return { id, kind, task, text, options: suggested, default: fallback };
      },
    );
    print(terminal, renderJson(open));
    return exitCodes.allMerged;
  }
  const look = stdoutLook(terminal);
  print(terminal, renderQuestions({ state, ...look }));
  const answers = pending.filter((request) => request.type === "answer");
  if (dispatcher === null && answers.length > 0) tell(terminal, renderPending(answers, look));
  return exitCodes.allMerged;
}
