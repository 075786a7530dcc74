import { randomUUID } from "node:crypto";
import { CappedOutput } from "../inside/capped-output.ts";
import { collectOutput } from "../inside/collect-output.ts";
import { graceMs, slackMs } from "../inside/protocol.ts";
import type { Told } from "../record-exec.ts";
import type { ExecRequest, ExecResult } from "../sandbox.ts";
import { runOrder } from "./resident-script.ts";
import type { ResidentShell } from "./resident-shell.ts";
import type { TakenPipe } from "./reused-pipes.ts";
import { stopCommand } from "./stop-command.ts";

const longestTimerMs = 2 ** 31 - 1;

type Running = { shell: ResidentShell; told: Told };
type Why = { type: "timed-out" } | { type: "killed"; reason: string };
type Stopped = { why: Why; finish: () => void };

/** One command of a shell in which nothing else runs in the foreground. Throws AgentxError SANDBOX_LOST, SANDBOX_CLOSED. */
export async function runInShell(
  { command, timeoutMs, signal }: ExecRequest,
  { shell, told }: Running,
): Promise<ExecResult> {
  const began = performance.now();
  const pipe = takePipe(shell);
  if (pipe instanceof Error) return { ...notStarted(pipe.message), output: "", totalBytes: 0, ms: 0 };
  const output = new CappedOutput();
  const onBytes = (chunk: Buffer): void => {
    output.add(chunk);
    if (told.onText === null) told.onSign?.();
  };
  const stream = collectOutput(pipe.reader, { onBytes, onText: told.onText });
  let stopped: Stopped | null = null;
  const stop = (why: Why): void => void (stopped ??= { why, finish: stopCommand(shell) });
  const onAbort = (): void => stop({ type: "killed", reason: "canceled" });
  // Nothing inside is told it, so none can end a command in the shell's name without taking the shell over.
  const token = randomUUID();
  const ended = shell.run(runOrder({ token, fd: pipe.fd, command }), token);
  const timer = setTimeout(() => stop({ type: "timed-out" }), Math.min(timeoutMs, longestTimerMs));
  const lateMs = timeoutMs + graceMs + slackMs;
  const reason = `its shell has not answered for ${Math.round(lateMs / 1_000)} s`;
  const late = setTimeout(() => shell.lose(reason), Math.min(lateMs, longestTimerMs));
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  let answer: number | string;
  try {
    answer = await ended;
  } finally {
    clearTimeout(timer);
    clearTimeout(late);
    signal?.removeEventListener("abort", onAbort);
    (stopped as Stopped | null)?.finish();
    pipe.endWriting();
  }
  await stream.drained();
  const facts = {
    output: output.text(),
    totalBytes: output.totalBytes,
    ms: Math.round(performance.now() - began),
  };
  return { ...facts, ...((stopped as Stopped | null)?.why ?? endOf(answer)) };
}

function endOf(answer: number | string): { type: "exited"; exitCode: number } | Why {
  return typeof answer === "number" ? { type: "exited", exitCode: answer } : notStarted(answer);
}

function notStarted(reason: string): Why {
  return { type: "killed", reason: `could not be started: ${reason}` };
}

function takePipe(shell: ResidentShell): TakenPipe | Error {
  try {
    return shell.pipes.take();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
