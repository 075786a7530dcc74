import { join } from "node:path";
import type { Guest, GuestEnd, GuestTurn } from "../guest/guest.ts";
import { followRun } from "./follow-run.ts";
import type { CliProgram } from "./program.ts";

export type Installed = {
  /** Found on the sandbox's PATH, or an absolute path. */
  file: string;
  /** Absolute paths that it lies in. */
  readOnly: string[];
};

/** Any headless program as a guest: the process around its pure functions is written here once. */
export function createCliGuest(program: CliProgram, installed: Installed): Guest {
  const { name, apis, notes, resumes, credentialFiles, credentialEnv } = program;
  return {
    name,
    readOnly: installed.readOnly,
    apis,
    notes,
    resumes,
    credentialFiles,
    credentialEnv,
    run: (turn) => runOnce(program, installed.file, turn),
  };
}

const stopped: GuestEnd = { type: "failed", why: "killed", message: "It was stopped." };

async function runOnce(program: CliProgram, file: string, turn: GuestTurn): Promise<GuestEnd> {
  const { sandbox, signal } = turn;
  const { output: root } = await sandbox.exec({ command: "pwd", timeoutMs: 10_000 });
  const start = program.start({ ...turn, home: sandbox.home, root: root.trimEnd() });
  for (const [path, text] of Object.entries(start.files))
    await sandbox.writeFile(join(sandbox.home, path), text);
  if (signal.aborted) return stopped;
  const run = followRun(program, turn, start.keepsInput);
  const env = { ...start.env, ...turn.env };
  const process = sandbox.spawn({
    file,
    args: start.args,
    env,
    onStdout: run.onStdout,
    onStderr: run.onStderr,
  });
  const onAbort = (): void => void process.stop();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    process.write(start.stdin);
    if (!start.keepsInput) process.endInput();
    run.talkTo(process);
    const how = await process.ended;
    const exit = run.finish(how);
    if (signal.aborted) return stopped;
    return how.type === "failed" ? notStarted(program, how.reason) : program.readEnd(exit);
  } finally {
    run.letGo();
    signal.removeEventListener("abort", onAbort);
  }
}

function notStarted({ name, install }: CliProgram, reason: string): GuestEnd {
  const message = `${name} could not be started: ${reason}. Install it with \`${install}\`.`;
  return { type: "failed", why: "start", message };
}
