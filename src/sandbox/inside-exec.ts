import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { closeSync } from "node:fs";
import type { Socket } from "node:net";
import { CappedOutput } from "./capped-output.ts";
import type { OutputPipes } from "./output-pipes.ts";
import { graceMs } from "./protocol.ts";

/** After the command itself is gone: how long its pipe may be silent, and how long it may go on talking. */
const quietMs = 60;
const talkMs = 1_000;
const longestTimerMs = 2 ** 31 - 1;

type Ending =
  | { type: "exited"; exitCode: number }
  | { type: "timed-out" }
  | { type: "killed"; reason: string };
type ExecValue = { output: string; totalBytes: number; ms: number } & Ending;

export type Surroundings = {
  root: string;
  env: Record<string, string>;
  pipes: OutputPipes;
  /** Process groups that may have live members; killed when the helper ends. */
  groups: Set<number>;
};

export type ExecOptions = {
  command: string;
  timeoutMs: number;
  /** Gets every chunk; a promise pauses the command until it is fulfilled. Null: nothing is streamed. */
  onText: ((text: string) => Promise<void> | null) | null;
  signal: AbortSignal;
};

/**
 * Runs `sh -c command` in its own session and process group. Fulfils shortly after the command's main process has
 * ended, also when a background process still holds the pipe: that one lives on, and its output is thrown away.
 * Time limit and abort end the whole group: SIGTERM, and SIGKILL after the grace time.
 */
export async function runCommand(options: ExecOptions, around: Surroundings): Promise<ExecValue> {
  const started = performance.now();
  const { reader, writeFd } = await around.pipes.take();
  const output = new CappedOutput();
  const child = start(options.command, writeFd, around);
  closeSync(writeFd);
  if (child instanceof Error) {
    reader.destroy();
    return { output: "", totalBytes: 0, ms: 0, ...notStarted(child) };
  }
  const group = child.pid;
  if (group !== undefined) around.groups.add(group);
  const stream = collect(reader, output, options.onText);

  let stopped: Ending | null = null;
  let killTimer: NodeJS.Timeout | undefined;
  const stop = (ending: Ending): void => {
    if (stopped !== null) return;
    stopped = ending;
    killGroup(group, "SIGTERM");
    killTimer = setTimeout(() => killGroup(group, "SIGKILL"), graceMs);
  };
  const onAbort = (): void => stop({ type: "killed", reason: "canceled" });
  const timer = setTimeout(() => stop({ type: "timed-out" }), Math.min(options.timeoutMs, longestTimerMs));
  if (options.signal.aborted) onAbort();
  options.signal.addEventListener("abort", onAbort, { once: true });

  const ended = await new Promise<Ending>((resolve) => {
    child.once("error", (error) => resolve(notStarted(error)));
    child.once("exit", (exitCode, signal) => {
      if (exitCode === null) resolve({ type: "killed", reason: `ended by ${signal ?? "a signal"}` });
      else resolve({ type: "exited", exitCode });
    });
  });
  clearTimeout(timer);
  clearTimeout(killTimer);
  options.signal.removeEventListener("abort", onAbort);
  // A stopped command's children may have ignored SIGTERM; those of one that ended by itself are left alone.
  if (stopped !== null) killGroup(group, "SIGKILL");
  await stream.drained();
  if (group !== undefined && !isAlive(group)) around.groups.delete(group);
  const ms = Math.round(performance.now() - started);
  return { output: output.text(), totalBytes: output.totalBytes, ms, ...(stopped ?? ended) };
}

/** An error rather than a child where the system refuses at once: a command of more than 128 KiB is E2BIG. */
function start(command: string, outputFd: number, { root, env }: Surroundings): ChildProcess | Error {
  try {
    const stdio: StdioOptions = ["ignore", outputFd, outputFd];
    return spawn("/bin/sh", ["-c", command], { cwd: root, env, stdio, detached: true });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function notStarted(error: Error): Ending {
  return { type: "killed", reason: `could not be started: ${error.message}` };
}

/** Ends a whole process group; one that is gone already is fine. */
export function killGroup(group: number | undefined, signal: NodeJS.Signals): void {
  if (group === undefined) return;
  try {
    process.kill(-group, signal);
  } catch {
    // ESRCH: nobody is left.
  }
}

function isAlive(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}

function collect(
  reader: Socket,
  output: CappedOutput,
  onText: ExecOptions["onText"],
): { drained: () => Promise<void> } {
  const decoder = new TextDecoder();
  let open = true;
  let paused = false;
  let lastMs = performance.now();
  const pass = (text: string): void => {
    if (onText === null || text === "") return;
    const busy = onText(text);
    if (busy === null) return;
    paused = true;
    reader.pause();
    void busy.then(() => {
      paused = false;
      lastMs = performance.now();
      if (open) reader.resume();
    });
  };
  const onData = (chunk: Buffer): void => {
    lastMs = performance.now();
    output.add(chunk);
    if (onText !== null) pass(decoder.decode(chunk, { stream: true }));
  };
  const closed = new Promise<void>((resolve) => reader.once("close", resolve));
  reader.on("data", onData);
  reader.on("error", () => reader.destroy());
  const drained = async (): Promise<void> => {
    const began = performance.now();
    let done = false;
    void closed.then(() => (done = true));
    while (!done) {
      await Promise.race([closed, sleep(quietMs / 3)]);
      // Timers come before reading in a turn of the loop; on a busy machine the last words would wait unread.
      await new Promise((resolve) => setImmediate(resolve));
      const now = performance.now();
      const isQuiet = now - Math.max(lastMs, began) > quietMs;
      if (!paused && (isQuiet || now - began > talkMs)) break;
    }
    open = false;
    reader.off("data", onData);
    // Whoever still holds the pipe must not die of SIGPIPE or block on a full one.
    reader.resume().unref();
    if (onText !== null) pass(decoder.decode());
  };
  return { drained };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
