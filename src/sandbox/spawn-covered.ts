import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { inheritedFds } from "./inherited-fds.ts";

export type Covered = {
  env: Record<string, string>;
  /** Pipes, or what of this process becomes the program's. */
  stdio: ["pipe" | "ignore", "pipe" | number, "pipe" | number];
  inputs: (string | Uint8Array)[];
  /** Called before any input is written, so a program that reads its arguments from one has done nothing yet. */
  onSpawned: (pid: number) => void;
};

/** A pipe for each input, fed with its text; whatever else would be inherited becomes /dev/null. */
export function spawnCovered(
  file: string,
  args: string[],
  { env, stdio: standard, inputs, onSpawned }: Covered,
): ChildProcess {
  const nothing = openSync("/dev/null", "r");
  try {
    const stdio: Exclude<StdioOptions, string> = [...standard, ...inputs.map(() => "pipe" as const)];
    for (const fd of inheritedFds()) {
      while (stdio.length < fd) stdio.push("ignore");
      if (fd >= 3 + inputs.length) stdio[fd] = nothing;
    }
    // A Ctrl-C goes to the terminal's whole process group; it is agentx that says what stops.
    const child = spawn(file, args, { cwd: "/", env, stdio, detached: true });
    announce(child, onSpawned);
    for (const [index, text] of inputs.entries()) {
      const stream = child.stdio[3 + index];
      if (!stream || !("end" in stream)) continue;
      // A child that is gone says why by its end.
      stream.on("error", () => {});
      stream.end(text);
    }
    return child;
  } finally {
    closeSync(nothing);
  }
}

function announce(child: ChildProcess, onSpawned: (pid: number) => void): void {
  // Without one it could not be started, which its error event tells.
  if (child.pid === undefined) return;
  try {
    onSpawned(child.pid);
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}
