import { exitCodes } from "../core/error.ts";
import { clean as cleanRuns } from "../engine/clean.ts";
import { openWorkspace } from "../engine/workspace.ts";
import { renderCleaned } from "../report/cleaned.ts";
import { stdoutLook } from "./stdout-look.ts";
import { print, tell, type Terminal } from "./terminal.ts";

/** Removes what finished runs have left behind and nothing that is not safe elsewhere. */
export async function clean(
  terminal: Terminal,
  run: string | null,
  options: { all?: boolean },
): Promise<number> {
  const workspace = await openWorkspace(terminal.cwd, terminal.env);
  const cleaned = await cleanRuns(workspace, { run, all: options.all === true, now: terminal.now() });
  if (cleaned.runs.length + cleaned.removed.length === 0)
    tell(terminal, "No run is finished, and nothing else is left to remove.");
  else print(terminal, renderCleaned(cleaned, stdoutLook(terminal)));
  return exitCodes.allMerged;
}
