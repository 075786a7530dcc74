import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { closeSync } from "node:fs";
import { CappedOutput } from "./capped-output.ts";
import { collectOutput, type OnText } from "./collect-output.ts";
import type { OutputPipes } from "./output-pipes.ts";
import { nowMs } from "./clock.ts";
import { isGroupAlive, killGroup } from "./process-group.ts";
import { graceMs, signEveryMs } from "./protocol.ts";

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
  /** Null: nothing is streamed. */
  onText: OnText | null;
  /** Called while there is output, every `signEveryMs`. Null: never. */
  onSign: (() => void) | null;
  signal: AbortSignal;
};

/**
 * Runs `sh -c command` in its own session and process group. Fulfils shortly after the command's main process has
 * ended, also when a background process still holds the pipe: that one lives on, and its output is thrown away.
 * Time limit and abort end the whole group: SIGTERM, and SIGKILL after the grace time.
 */
export async function runCommand(options: ExecOptions, around: Surroundings): Promise<ExecValue> {
  const started = nowMs();
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
  let signedMs = started;
  const onBytes = (chunk: Buffer): void => {
    output.add(chunk);
    const now = nowMs();
    if (options.onSign === null || now - signedMs < signEveryMs) return;
    signedMs = now;
    options.onSign();
  };
  const stream = collectOutput(reader, { onBytes, onText: options.onText });

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
  if (group !== undefined && !isGroupAlive(group)) around.groups.delete(group);
  const ms = Math.round(nowMs() - started);
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
