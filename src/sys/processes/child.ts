import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Readable } from "node:stream";
import { inheritedFds } from "./inherited-fds.ts";
import type { Ending, Program } from "./orders.ts";
import type { Listeners, Started } from "./started.ts";

/** Starts a program from this very process. */
export function startChild(program: Program, { onBegan, onOutput, onEnded }: Listeners): Started {
  const child = spawnHere(program);
  if (child instanceof Error) {
    queueMicrotask(() => onEnded(failed(child)));
    return { feed: () => {}, kill: () => {}, streams: [] };
  }
  child.on("error", (error) => {
    if (child.pid === undefined) onEnded(failed(error));
  });
  const readers = [1, 2].filter((fd) => program.stdio[fd] === "pipe");
  for (const fd of readers)
    (child.stdio[fd] as Readable).on("data", (bytes: Buffer) => onOutput?.(fd, bytes));
  for (const stream of child.stdio) {
    // Whoever is gone says why by its end.
    stream?.on("error", () => {});
  }
  // `close` waits for all pipes, also for those that nobody has fed.
  child.once(readers.length > 0 ? "close" : "exit", (exitCode: number | null, signal: string | null) => {
    for (const [fd, stream] of child.stdio.entries()) if (program.stdio[fd] === "pipe") stream?.destroy();
    if (child.pid === undefined) return;
    onEnded(exitCode === null ? { type: "signaled", signal: `${signal}` } : { type: "exited", exitCode });
  });
  const { pid } = child;
  if (pid !== undefined) queueMicrotask(() => onBegan?.(pid));
  return {
    streams: child.stdio,
    feed: (fd, bytes) => {
      const stream = child.stdio[fd];
      if (stream && "end" in stream) stream.end(bytes);
    },
    kill: (signal, group) => {
      if (group) killGroup(child.pid, signal);
      else child.kill(signal);
    },
  };
}

/** An error where the system refuses at once: an argument of more than 128 KiB is E2BIG. */
function spawnHere({ file, args, cwd, env, stdio: wanted }: Program): ChildProcess | Error {
  const nothing = openSync("/dev/null", "r");
  try {
    const stdio: Exclude<StdioOptions, string> = wanted.map((each) =>
      typeof each === "number" ? each : each === "nothing" ? "ignore" : "pipe",
    );
    for (const fd of inheritedFds()) {
      while (stdio.length < fd) stdio.push("ignore");
      if (fd >= wanted.length) stdio[fd] = nothing;
    }
    return spawn(file, args, { cwd, env, stdio, detached: true });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    closeSync(nothing);
  }
}

function failed(error: NodeJS.ErrnoException): Ending {
  return { type: "failed", code: error.code ?? "", message: error.message };
}

/** While a member lives, its number is nobody else's, also where the leader has ended. */
function killGroup(group: number | undefined, signal: NodeJS.Signals): void {
  if (group === undefined) return;
  try {
    process.kill(-group, signal);
  } catch {
    // Nobody is left.
  }
}
