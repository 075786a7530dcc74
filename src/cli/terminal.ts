import type { ReadStream, WriteStream } from "node:tty";

/** All that a command may touch of the process around it. */
export type Terminal = {
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  stdin: NodeJS.ReadStream & Partial<Pick<ReadStream, "setRawMode">>;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream & Partial<Pick<WriteStream, "columns" | "rows">>;
  now: () => number;
  /** @returns a function that stops listening */
  onSignal: (signal: "SIGINT" | "SIGTERM" | "SIGHUP", listener: () => void) => () => void;
  /** Whoever read stdout or stderr has closed it. @returns a function that stops listening */
  onReaderGone: (listener: () => void) => () => void;
};

/** Data goes to stdout, one write a line or block. */
export function print(terminal: Terminal, text: string): void {
  terminal.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** Everything else goes to stderr. */
export function tell(terminal: Terminal, text: string): void {
  terminal.stderr.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** Somebody can be asked: both ends are terminals and this is no CI. */
export function isInteractive(terminal: Terminal): boolean {
  return terminal.stdin.isTTY === true && terminal.stderr.isTTY === true && !terminal.env["CI"];
}

/** https://no-color.org, and FORCE_COLOR for those who pipe into a pager. */
export function usesColors({ env, stderr }: Pick<Terminal, "env" | "stderr">): boolean {
  if (env["NO_COLOR"]) return false;
  if (env["FORCE_COLOR"] && env["FORCE_COLOR"] !== "0") return true;
  return stderr.isTTY === true && env["TERM"] !== "dumb";
}

export function widthOf({ stderr }: Terminal): number {
  return stderr.columns ?? 100;
}

/** Ctrl-C, and what else asks a command to end. @returns what stops listening */
export function onInterrupt(terminal: Terminal, listener: () => void): () => void {
  const stops = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((signal) =>
    terminal.onSignal(signal, listener),
  );
  return () => {
    for (const stop of stops) stop();
  };
}
