import type { RunEvent } from "../core/event.ts";
import type { RunState } from "../core/run-state.ts";
import type { Journal } from "../journal/journal.ts";
import type { RunWatch } from "./run-watch.ts";
import { writeStandingFile } from "./standing-file.ts";
import type { Workspace } from "./workspace.ts";

/** Keeps how a run stands, so that a status need not read all its events. */
export type StandingPen = {
  onEvent: (event: RunEvent, state: RunState) => void;
  /** Writes what is not written yet, and writes no more after. */
  close: () => void;
};

/** Rows of a thousand tasks take some milliseconds to write: not more often than so. */
const restMs = 1000;

/** Where the file cannot be written the log says so and nothing is lost: whoever asks reads the events. */
export function keepStanding(
  { folder }: Workspace,
  { journal, watch }: { journal: Journal; watch: Pick<RunWatch, "standing" | "log"> },
): StandingPen {
  let unwritten: { event: RunEvent; state: RunState } | null = null;
  let begunAt = 0;
  let timer: NodeJS.Timeout | null = null;
  const write = (): void => {
    timer = null;
    if (unwritten === null) return;
    const { event, state } = unwritten;
    unwritten = null;
    try {
      const end = journal.end(state.run);
      // Another process may have written on meanwhile.
      if (end?.lastSeq !== event.seq) return;
      const kept = { ...end, begunAt, body: Buffer.from(watch.standing.of(state)) };
      writeStandingFile({ folder, run: state.run }, kept);
    } catch (error) {
      watch.log({
        level: "error",
        message: "how the run stands could not be kept",
        facts: { error: String(error) },
      });
    }
  };
  return {
    onEvent: (event, state) => {
      watch.standing.add(event);
      if (event.type === "run.started" || event.type === "run.resumed") begunAt = event.at;
      unwritten = { event, state };
      timer ??= setTimeout(write, restMs).unref();
    },
    close: () => {
      if (timer !== null) clearTimeout(timer);
      write();
    },
  };
}
