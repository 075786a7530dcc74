import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { RunWatch } from "../engine/run-watch.ts";
import type { Terminal } from "./terminal.ts";

export type RunLog = { write: RunWatch["log"]; close: () => void };

/** The run's structured log: a file, made with its first line, and with `--verbose` the terminal too. */
export async function createRunLog(file: string, verbose: Terminal | null): Promise<RunLog> {
  const { default: pino } = await import("pino");
  const open = (): { logger: ReturnType<typeof pino>; end: () => void } => {
    mkdirSync(dirname(file), { recursive: true });
    const destination = pino.destination({ dest: file, append: true, sync: true });
    const streams = [{ stream: destination }, ...(verbose === null ? [] : [{ stream: verbose.stderr }])];
    return {
      logger: pino({ base: { pid: process.pid } }, pino.multistream(streams)),
      end: () => destination.end(),
    };
  };
  let log: ReturnType<typeof open> | null = null;
  return {
    write: ({ level, message, facts }) => {
      log ??= open();
      log.logger[level](facts, message);
    },
    close: () => log?.end(),
  };
}
