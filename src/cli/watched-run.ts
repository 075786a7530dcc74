import { exitCodeOf } from "../core/outcome.ts";
import type { RunState } from "../core/run-state.ts";
import type { RunWatch } from "../engine/run-watch.ts";
import type { Workspace } from "../engine/workspace.ts";
import { tell, type Terminal } from "./terminal.ts";
import type { ViewOptions } from "./run-options.ts";
import { watchRun } from "./watch-run.ts";
import { writeRunReport } from "./write-run-report.ts";

/** `startedAt` is when the run began: now, or for one that is resumed long ago. */
type Watched = { workspace: Workspace; run: string; options: ViewOptions; startedAt: number };

/** Runs with a view, and leaves the report behind however it ends. Gives the exit code. */
export async function watchedRun(
  terminal: Terminal,
  { workspace, run, options, startedAt }: Watched,
  go: (watch: RunWatch) => Promise<RunState>,
): Promise<number> {
  const { watch, control, close } = await watchRun(terminal, { workspace, run, options, startedAt });
  try {
    const state = await go(watch);
    return exitCodeOf(state, control.signals.length > 0);
  } finally {
    close();
    await leaveReport(terminal, workspace, run);
  }
}

/** What kept the report from being written must not hide how the run ended. */
async function leaveReport(terminal: Terminal, workspace: Workspace, run: string): Promise<void> {
  try {
    await writeRunReport(workspace, run);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    tell(terminal, `The run's report could not be written: ${reason}`);
  }
}
