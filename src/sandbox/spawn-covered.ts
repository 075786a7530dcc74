import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { inheritedFds } from "./inherited-fds.ts";

export type Covered = {
  env: Record<string, string>;
  /** Pipes, or what of this process becomes the program's. */
  stdio: ["pipe" | "ignore", "pipe" | number, "pipe" | number];
  inputs: (string | Uint8Array)[];
  /** No input is written before it is fulfilled, so a program that reads its arguments from one has done nothing yet. */
  hold: (pid: number) => Promise<void>;
};

/** `held` fulfils when the program has its inputs; rejects as `hold` does, when the program was ended for it. */
export type CoveredChild = { child: ChildProcess; held: Promise<void> };

/** A pipe for each input, fed with its text; whatever else would be inherited becomes /dev/null. */
export function spawnCovered(
  file: string,
  args: string[],
  { env, stdio: standard, inputs, hold }: Covered,
): CoveredChild {
  const nothing = openSync("/dev/null", "r");
  try {
    const stdio: Exclude<StdioOptions, string> = [...standard, ...inputs.map(() => "pipe" as const)];
    for (const fd of inheritedFds()) {
      while (stdio.length < fd) stdio.push("ignore");
      if (fd >= 3 + inputs.length) stdio[fd] = nothing;
    }
    // A Ctrl-C goes to the terminal's whole process group; it is agentx that says what stops.
    const child = spawn(file, args, { cwd: "/", env, stdio, detached: true });
    for (const stream of child.stdio.slice(3)) {
      // A child that is gone says why by its end.
      stream?.on("error", () => {});
    }
    const held = holdAndFeed(child, { inputs, hold });
    // Told to whoever waits for it.
    held.catch(() => {});
    return { child, held };
  } finally {
    closeSync(nothing);
  }
}

async function holdAndFeed(
  child: ChildProcess,
  { inputs, hold }: Pick<Covered, "inputs" | "hold">,
): Promise<void> {
  // Without one it could not be started, which its error event tells.
  if (child.pid === undefined) return;
  try {
    await hold(child.pid);
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
  for (const [index, text] of inputs.entries()) {
    const stream = child.stdio[3 + index];
    if (stream && "end" in stream) stream.end(text);
  }
}
