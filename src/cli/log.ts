import { exitCodes } from "../core/error.ts";
import { eventsOfTask } from "../core/events-of-task.ts";
import { findFolder } from "../engine/find-folder.ts";
import { readTaskLog } from "../engine/read-task-log.ts";
import { renderJson } from "../report/json.ts";
import { renderTaskLog } from "../report/task-log.ts";
import { stdoutLook } from "./stdout-look.ts";
import { print, type Terminal } from "./terminal.ts";

/** What happened to a task, and what its worker and the model said to each other. */
export async function log(
  terminal: Terminal,
  task: string,
  options: { run?: string; json?: boolean },
): Promise<number> {
  const folder = await findFolder(terminal.cwd, terminal.env);
  const { events, transcript } = readTaskLog(folder, { run: options.run ?? null, task });
  if (options.json) for (const event of eventsOfTask(events, task)) print(terminal, renderJson(event));
  else print(terminal, renderTaskLog({ task, events, transcript, ...stdoutLook(terminal) }));
  return exitCodes.allMerged;
}
