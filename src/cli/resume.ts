import { exitCodeOf } from "../core/outcome.ts";
import { loadRun, readJournal } from "../engine/load-run.ts";
import { requirePlaces } from "../engine/require-writable.ts";
import { resumeRun } from "../engine/run-session.ts";
import { findSandboxFor } from "../engine/sandboxes.ts";
import { openWorkspace } from "../engine/workspace.ts";
import type { ViewOptions } from "./run-options.ts";
import { tell, type Terminal } from "./terminal.ts";
import { watchedRun } from "./watched-run.ts";
import { writeRunReport } from "./write-run-report.ts";

/** Goes on with a run under the rules that it was started with. */
export async function resume(terminal: Terminal, name: string | null, options: ViewOptions): Promise<number> {
  const { cwd, env, now } = terminal;
  const workspace = await openWorkspace(cwd, env);
  const { state, events, waiting } = readJournal(workspace, (journal) => {
    const loaded = loadRun(journal, name);
    return { ...loaded, waiting: journal.pendingRequests(loaded.state.run) };
  });
  if (state.phase === "finished" && waiting.length === 0) {
    // A dispatcher that was killed at its very end has left none.
    await writeRunReport(workspace, state.run);
    tell(terminal, `The run ${state.run} is finished; agentx status shows how.`);
    return exitCodeOf(state, false);
  }
  requirePlaces(workspace);
  const sandboxes = await findSandboxFor(env, state.settings);
  const command = `agentx resume ${state.run}`;
  const startedAt = events[0]?.at ?? now();
  return watchedRun(terminal, { workspace, run: state.run, options, startedAt }, (watch) =>
    resumeRun(workspace, state.run, { watch, sandboxes, now, command }),
  );
}
