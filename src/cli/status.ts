import { exitCodes } from "../core/error.ts";
import { plainLine } from "../core/plain-text.ts";
import { sinceWhen } from "../core/since.ts";
import { findFolder } from "../engine/find-folder.ts";
import { isWorkTaken } from "../engine/is-work-taken.ts";
import { readStatus, type RunStatus } from "../engine/read-status.ts";
import { renderPending } from "../report/pending.ts";
import { keepStanding } from "../report/standing.ts";
import { renderStatus } from "../report/status.ts";
import { secretsOf } from "../sys/secrets.ts";
import { leftToTake } from "./left-to-take.ts";
import { stdoutLook } from "./stdout-look.ts";
import { print, tell, type Terminal } from "./terminal.ts";

/** How a run stands. It is asked often, so nothing heavy is loaded and no process started. */
export async function status(terminal: Terminal, options: { run?: string; json?: boolean }): Promise<number> {
  const folder = await findFolder(terminal.cwd, terminal.env);
  const found = readStatus(folder, options.run ?? null);
  const { state, events, pending, answered, dispatcher } = found;
  if (options.json) {
    const isTaken = isWorkTaken(folder, state);
    const startedAt = events[0]?.at ?? terminal.now();
    const since = sinceWhen(state, events);
    const { renderStatusJson } = await import("../report/status-json.ts");
    print(terminal, renderStatusJson({ state, startedAt, since, answered, dispatcher, isTaken, pending }));
    return exitCodes.allMerged;
  }
  const look = stdoutLook(terminal);
  const keeper = keepStanding();
  for (const event of events) keeper.add(event);
  const standing = leftToTake(folder, keeper.of(state, secretsOf(terminal.env).findAny));
  const pid = dispatcher?.pid ?? null;
  const shown = renderStatus({
    standing,
    answered: untaken(found),
    now: terminal.now(),
    pid,
    ...look,
  });
  const others = pending.filter((request) => request.type !== "answer");
  const waiting = dispatcher === null ? renderPending(others, look) : "";
  print(terminal, waiting === "" ? shown : `${shown}\n\n${waiting}`);
  tellElsewhere(terminal, found);
  return exitCodes.allMerged;
}

/** Answers that wait for a resume: a dispatcher takes them at once. */
export function untaken({ dispatcher, answered }: RunStatus): RunStatus["answered"] {
  return dispatcher === null ? answered : new Map();
}

/** There is one dispatcher a repository, and it may be at another run than the one that is shown. */
function tellElsewhere(terminal: Terminal, { elsewhere }: RunStatus): void {
  if (elsewhere === "starting") tell(terminal, "Another agentx is just starting in this repository.");
  else if (elsewhere !== null) {
    tell(
      terminal,
      `Process ${elsewhere.pid} works in this repository on another run: ${plainLine(elsewhere.command)}`,
    );
  }
}
