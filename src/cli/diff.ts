import { exitCodes } from "../core/error.ts";
import { taskDiff, type TaskDiff } from "../engine/task-diff.ts";
import { openWorkspace } from "../engine/workspace.ts";
import { renderDiff } from "../report/diff.ts";
import { stdoutLook } from "./stdout-look.ts";
import { print, tell, type Terminal } from "./terminal.ts";

/** A task's change: painted on a terminal, byte for byte and fit for `git apply` anywhere else. */
export async function diff(terminal: Terminal, task: string, options: { run?: string }): Promise<number> {
  const workspace = await openWorkspace(terminal.cwd, terminal.env);
  const isShown = terminal.stdout.isTTY;
  const found = await taskDiff(workspace, { run: options.run ?? null, task, binary: !isShown });
  const { patch, unsaved } = found;
  if (patch !== null && patch.length > 0) {
    if (isShown) print(terminal, renderDiff(new TextDecoder().decode(patch), stdoutLook(terminal)));
    else terminal.stdout.write(patch);
  }
  const nothing = whyEmpty(task, found);
  if (nothing !== "") tell(terminal, nothing);
  if (unsaved !== null) tell(terminal, `There is newer work that is not handed over yet: ${unsaved}`);
  return exitCodes.allMerged;
}

function whyEmpty(task: string, { patch, state }: TaskDiff): string {
  if (patch === null)
    return state === "done"
      ? `${task} is done and changed no file.`
      : `${task} is ${state}; nothing was handed over yet.`;
  return patch.length === 0 ? `${task} changed no file.` : "";
}
