import { Readable } from "node:stream";
import { runCli } from "../../src/cli/run-cli.ts";
import type { Terminal } from "../../src/cli/terminal.ts";

export type Said = { code: number; stdout: string; stderr: string };

type Given = { env?: Record<string, string | undefined>; isTTY?: boolean; now?: number; stdin?: string };

/** Runs a command as a person in `cwd` would, with everything that it writes caught. */
export async function agentx(cwd: string, args: readonly string[], given: Given = {}): Promise<Said> {
  const { env = {}, isTTY = false, now = Date.now(), stdin = "" } = given;
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const streamInto = (chunks: Buffer[]): NodeJS.WriteStream => {
    const stream = {
      isTTY,
      columns: 100,
      write: (text: string | Uint8Array) => chunks.push(Buffer.from(text)) > 0,
      // What asks a person on a terminal listens to its size.
      on: () => stream,
      off: () => stream,
      removeListener: () => stream,
    };
    return stream as unknown as NodeJS.WriteStream;
  };
  const terminal: Terminal = {
    args,
    env: { PATH: process.env["PATH"], HOME: cwd, ...env },
    cwd,
    stdin: Object.assign(Readable.from([stdin]), { isTTY }) as unknown as Terminal["stdin"],
    stdout: streamInto(out),
    stderr: streamInto(err),
    now: () => now,
    onSignal: () => () => undefined,
    onReaderGone: () => () => undefined,
  };
  const code = await runCli(terminal);
  return { code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
}
