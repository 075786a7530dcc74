import type { RunWatch } from "../engine/run-session.ts";
import type { Terminal } from "./terminal.ts";

export type RunLog = { write: RunWatch["log"]; close: () => Promise<void> };

/** The run's structured log: a file, and with `--verbose` the terminal too. */
export async function createRunLog(file: string, verbose: Terminal | null): Promise<RunLog> {
  const { default: pino } = await import("pino");
  const destination = pino.destination({ dest: file, append: true, sync: true });
  const logger = pino(
    { base: { pid: process.pid } },
    pino.multistream([{ stream: destination }, ...(verbose === null ? [] : [{ stream: verbose.stderr }])]),
  );
  return {
    write: ({ level, message, facts }) => logger[level](facts, message),
    close: async () => destination.end(),
  };
}
