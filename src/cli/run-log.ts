import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { RunWatch } from "../engine/run-watch.ts";
import { tell, type Terminal } from "./terminal.ts";

export type RunLog = { write: RunWatch["log"]; close: () => void };

type Writing = { log: RunWatch["log"]; end: () => void };

/**
 * The run's structured log: a file, made with its first line, and with `isVerbose` the terminal too. A log that cannot be
 * written is said once and costs nothing else: the journal has what counts.
 */
export async function createRunLog(file: string, terminal: Terminal, isVerbose: boolean): Promise<RunLog> {
  const { default: pino } = await import("pino");
  const giveUp = (error: unknown): void => {
    if (!isGivenUp)
      tell(
        terminal,
        `The run's log cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      );
    isGivenUp = true;
  };
  const open = (): Writing => {
    mkdirSync(dirname(file), { recursive: true });
    const destination = pino.destination({ dest: file, append: true, sync: true });
    destination.on("error", giveUp);
    const streams = [{ stream: destination }, ...(isVerbose ? [{ stream: terminal.stderr }] : [])];
    const logger = pino({ base: { pid: process.pid } }, pino.multistream(streams));
    return {
      log: ({ level, message, facts }) => logger[level](facts, message),
      end: () => destination.end(),
    };
  };
  const attempt = (work: () => void): void => {
    if (isGivenUp) return;
    try {
      work();
    } catch (error) {
      giveUp(error);
    }
  };
  let isGivenUp = false;
  let writing: Writing | null = null;
  return {
    write: (entry) => attempt(() => (writing ??= open()).log(entry)),
    close: () => attempt(() => writing?.end()),
  };
}
