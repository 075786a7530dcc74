import { killGroup } from "../inside/process-group.ts";
import { groupOf } from "../inside/processes-inside.ts";
import { graceMs } from "../inside/protocol.ts";
import type { ResidentShell } from "./resident-shell.ts";

const againMs = 5;

/**
 * Ends what a shell runs, from outside: SIGTERM to its process group, and SIGKILL after the grace time. A command that the shell has not
 * begun yet is waited for. The returned function is called at its end, and ends what is left of the group.
 */
export function stopCommand(shell: Pick<ResidentShell, "command" | "inside">): () => void {
  let group: number | null = null;
  const signalIt = (signal: NodeJS.Signals): boolean => {
    const pid = shell.command();
    if (pid === null) return false;
    group = pid;
    if (groupOf(pid) === pid) killGroup(pid, signal);
    else killAlone(pid, signal);
    return true;
  };
  let again: NodeJS.Timeout | undefined;
  const begin = (signal: NodeJS.Signals): void => {
    if (!signalIt(signal)) again = setTimeout(() => begin(signal), againMs);
  };
  begin("SIGTERM");
  const late = setTimeout(() => {
    clearTimeout(again);
    begin("SIGKILL");
  }, graceMs);
  return () => {
    clearTimeout(again);
    clearTimeout(late);
    // While a member lives, its number is nobody else's.
    if (group !== null && shell.inside()?.all.some((pid) => groupOf(pid) === group) === true)
      killGroup(group, "SIGKILL");
  };
}

/** Before it leads a group there is nobody else in it. */
function killAlone(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}
