import { startProcess } from "../../sys/processes/start-process.ts";

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

/** Runs git to its end. How it ended is for the caller to judge; never rejects. */
export function collectGit(args: readonly string[], start: GitStart): Promise<Collected> {
  const { cwd, env, input, timeoutMs } = start;
  return new Promise((resolve) => {
    const held: { chunks: Buffer[]; bytes: number }[] = [1, 2].map(() => ({ chunks: [], bytes: 0 }));
    let trouble: NodeJS.ErrnoException | null = null;
    let hasTimedOut = false;
    let killer: NodeJS.Timeout | null = null;
    // With what it has started itself, such as ssh, which would hold the pipes.
    const end = (): void => {
      child.kill("SIGTERM", true);
      killer ??= setTimeout(() => child.kill("SIGKILL", true), graceMs);
    };
    const child = startProcess(
      { file: "git", args, cwd, env, stdio: [input === undefined ? "nothing" : "pipe", "pipe", "pipe"] },
      {
        onOutput: (fd, chunk) => {
          const from = held[fd - 1];
          if (from === undefined) return;
          from.bytes += chunk.length;
          if (from.bytes <= mostBytes) return void from.chunks.push(chunk);
          trouble ??= new RangeError(`it wrote more than ${mostBytes / 1024 ** 2} MiB`);
          end();
        },
        onEnded: (ending) => {
          if (clock !== null) clearTimeout(clock);
          if (killer !== null) clearTimeout(killer);
          if (ending.type === "failed")
            trouble ??= Object.assign(new Error(ending.message), { code: ending.code });
          const [stdout = Buffer.alloc(0), stderr = Buffer.alloc(0)] = held.map(({ chunks }) =>
            Buffer.concat(chunks),
          );
          const exitCode = ending.type === "exited" ? ending.exitCode : null;
          resolve({ exitCode, stdout, stderr, hasTimedOut, trouble });
        },
      },
    );
    if (input !== undefined) child.feed(0, input);
    const clock =
      timeoutMs === undefined
        ? null
        : setTimeout(() => {
            hasTimedOut = true;
            end();
          }, timeoutMs);
  });
}
