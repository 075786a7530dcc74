import { spawn, type ChildProcess } from "node:child_process";
import { closeSync } from "node:fs";
import type { Writable } from "node:stream";
import { collectOutput, type OnText } from "./collect-output.ts";
import type { Surroundings } from "./exec.ts";
import { openInputPipe, type InputPipe } from "./input-pipe.ts";
import type { OutputPipe } from "./output-pipes.ts";
import { isGroupAlive, killGroup } from "./process-group.ts";
import { graceMs } from "./protocol.ts";

type Ending =
  | { type: "exited"; exitCode: number }
  | { type: "killed"; signal: string }
  | { type: "failed"; reason: string };

export type ProgramOptions = {
  file: string;
  args: string[];
  /** Added to the environment of all. */
  env: Record<string, string>;
  onStdout: OnText;
  onStderr: OnText;
  /** Aborted: SIGTERM to the process group, and SIGKILL after the grace time. */
  signal: AbortSignal;
};

export type Program = {
  /** Fulfils when the program has the text, or never will. */
  write: (text: string) => Promise<void>;
  endInput: () => void;
  ended: Promise<Ending>;
};

type Pipes = { stdin: InputPipe | null; stdout: OutputPipe; stderr: OutputPipe };
/** Resolved with null where no program could be started. */
type Input = PromiseWithResolvers<Writable | null>;

/** Starts a program with pipes for all three streams, in a session and process group of its own that ends with it. */
export function startProgram(options: ProgramOptions, around: Surroundings): Program {
  const input: Input = Promise.withResolvers();
  return {
    write: async (text) => {
      const stdin = await input.promise;
      if (stdin !== null) await new Promise<void>((resolve) => stdin.write(text, () => resolve()));
    },
    endInput: () => void input.promise.then((stdin) => stdin?.end()),
    ended: takePipes(around)
      .then((pipes) => run(options, { ...around, input, ...pipes }))
      .catch((error: unknown) => {
        input.resolve(null);
        return notStarted(error, options.file);
      }),
  };
}

async function takePipes({ pipes }: Surroundings): Promise<Pipes> {
  const [stdin, stdout, stderr] = await Promise.all([openInputPipe(), pipes.take(), pipes.take()]);
  return { stdin, stdout, stderr };
}

async function run(
  options: ProgramOptions,
  { stdin, stdout, stderr, input, ...around }: Surroundings & Pipes & { input: Input },
): Promise<Ending> {
  const streams = [
    collectOutput(stdout.reader, { onBytes: null, onText: options.onStdout }),
    collectOutput(stderr.reader, { onBytes: null, onText: options.onStderr }),
  ];
  const child = start(options, [stdin?.readFd ?? "pipe", stdout.writeFd, stderr.writeFd], around);
  for (const fd of [stdin?.readFd, stdout.writeFd, stderr.writeFd]) if (fd !== undefined) closeSync(fd);
  const writer = stdin?.writer ?? (child instanceof Error ? null : child.stdin);
  // EPIPE: the program has closed its stdin or is gone, which is told by its end.
  writer?.on("error", () => writer.destroy());
  input.resolve(writer);
  const ended =
    child instanceof Error ? notStarted(child, options.file) : await watch(child, options, around);
  writer?.destroy();
  await Promise.all(streams.map((stream) => stream.drained()));
  if (!(child instanceof Error) && child.pid !== undefined) {
    killGroup(child.pid, "SIGKILL");
    if (!isGroupAlive(child.pid)) around.groups.delete(child.pid);
  }
  return ended;
}

async function watch(child: ChildProcess, options: ProgramOptions, around: Surroundings): Promise<Ending> {
  const group = child.pid;
  if (group !== undefined) around.groups.add(group);
  let killTimer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    killGroup(group, "SIGTERM");
    killTimer = setTimeout(() => killGroup(group, "SIGKILL"), graceMs);
  };
  if (options.signal.aborted) stop();
  options.signal.addEventListener("abort", stop, { once: true });
  const ended = await new Promise<Ending>((resolve) => {
    child.once("error", (error) => resolve(notStarted(error, options.file)));
    child.once("exit", (exitCode, signal) => {
      if (exitCode === null) resolve({ type: "killed", signal: signal ?? "unknown" });
      else resolve({ type: "exited", exitCode });
    });
  });
  clearTimeout(killTimer);
  options.signal.removeEventListener("abort", stop);
  // What it leaves in its group may put its things in order while the last output is read.
  killGroup(group, "SIGTERM");
  return ended;
}

/** An error rather than a child where the system refuses at once: an argument of more than 128 KiB is E2BIG. */
function start(
  { file, args, env }: ProgramOptions,
  stdio: (number | "pipe")[],
  around: Surroundings,
): ChildProcess | Error {
  try {
    return spawn(file, args, { cwd: around.root, env: { ...around.env, ...env }, stdio, detached: true });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const sentences: Record<string, string> = {
  ENOENT: "it was not found, or its interpreter is missing",
  EACCES: "it is not executable, or a folder on the way to it may not be entered",
  E2BIG: "its arguments are too long: one may have 128 KiB",
};

function notStarted(error: unknown, file: string): Ending {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const sentence = sentences[code];
  const message = error instanceof Error ? error.message : String(error);
  return {
    type: "failed",
    reason: `${file} could not be started: ${sentence === undefined ? message : `${sentence} (${code})`}`,
  };
}
