import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { RunEvent } from "../../src/core/event.ts";
import type { World } from "./world.ts";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** `events` is how many it has acknowledged. */
export type Ended = { code: number | null; signal: NodeJS.Signals | null; stderr: string; events: number };

export type DispatcherProcess = { child: ChildProcess; ended: Promise<Ended> };

/** Starts a dispatcher and hands over each event that it acknowledges, as it does. Nothing is kept here. */
export function startDispatcher(
  { project, env }: World,
  args: readonly string[],
  onEvent: (event: RunEvent) => void,
): DispatcherProcess {
  const child = spawn(process.execPath, [main, ...args, "--json"], {
    cwd: project.root,
    env: { ...project.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let stderr = "";
  let events = 0;
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-4_000);
  });
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    const event = parse(line);
    if (event === null) return;
    events += 1;
    onEvent(event);
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, stderr, events }));
  });
  return { child, ended };
}

/** Null for an activity, and for the line that a killed dispatcher did not finish. */
function parse(line: string): RunEvent | null {
  try {
    const event = JSON.parse(line) as RunEvent;
    return typeof event.seq === "number" ? event : null;
  } catch {
    return null;
  }
}
