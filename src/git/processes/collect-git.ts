import { spawn } from "node:child_process";
import process from "node:process";

export type GitStart = {
  cwd: string;
  /** The whole environment. */
  env: Record<string, string>;
  input?: string | Uint8Array;
  timeoutMs?: number;
};

/** What a process left. `trouble` is of the system: it could not be started, or wrote more than can be held. */
export type Collected = {
  exitCode: number | null;
  stdout: Buffer;
  stderr: Buffer;
  hasTimedOut: boolean;
  trouble: NodeJS.ErrnoException | null;
};

const mostBytes = 1024 ** 3;
/** After the polite signal. */
const graceMs = 5_000;

/**
 * Runs git to its end. Not by execa, whose start of a process takes the loop twice as long as the bare one
 * (docs/decisions/0022-the-dispatcher-starts-its-processes.md). How it ended is for the caller to judge; never rejects.
 */
export function collectGit(args: readonly string[], start: GitStart): Promise<Collected> {
  const { cwd, env, input, timeoutMs } = start;
  return new Promise((resolve) => {
    const given = input === undefined ? "ignore" : "pipe";
    // A process group of its own, not the terminal's: a Ctrl-C must not cut a git command in two.
    const child = spawn("git", args, { cwd, env, detached: true, stdio: [given, "pipe", "pipe"] });
    const out: Held = { chunks: [], bytes: 0 };
    const err: Held = { chunks: [], bytes: 0 };
    let trouble: NodeJS.ErrnoException | null = null;
    let hasTimedOut = false;
    let killer: NodeJS.Timeout | null = null;
    // With what it has started itself, such as ssh, which would hold the pipes.
    const end = (): void => {
      signalGroup(child.pid, "SIGTERM");
      killer ??= setTimeout(() => signalGroup(child.pid, "SIGKILL"), graceMs);
    };
    const hold = (held: Held, chunk: Buffer): void => {
      held.bytes += chunk.length;
      if (held.bytes <= mostBytes) return void held.chunks.push(chunk);
      trouble ??= new RangeError(`it wrote more than ${mostBytes / 1024 ** 2} MiB`);
      end();
    };
    const clock =
      timeoutMs === undefined
        ? null
        : setTimeout(() => {
            hasTimedOut = true;
            end();
          }, timeoutMs);
    child.stdout?.on("data", (chunk: Buffer) => hold(out, chunk));
    child.stderr?.on("data", (chunk: Buffer) => hold(err, chunk));
    child.on("error", (error) => (trouble ??= error));
    child.on("close", (exitCode) => {
      if (clock !== null) clearTimeout(clock);
      if (killer !== null) clearTimeout(killer);
      const [stdout, stderr] = [Buffer.concat(out.chunks), Buffer.concat(err.chunks)];
      // What could not be started has a negative number for an exit code.
      resolve({ exitCode: child.pid === undefined ? null : exitCode, stdout, stderr, hasTimedOut, trouble });
    });
    // Who ends without reading tells why by its exit code.
    child.stdin?.on("error", () => {}).end(input);
  });
}

type Held = { chunks: Buffer[]; bytes: number };

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It is gone already.
  }
}
