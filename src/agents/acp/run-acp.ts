import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import type { Spawned } from "../../sandbox/sandbox.ts";
import { keepEnd } from "../guest/keep-end.ts";
import { lastLines } from "../guest/last-lines.ts";
import type { GuestEnd, GuestTurn } from "../guest/guest.ts";
import { knownSurroundings } from "./known-programs.ts";
import { createMessageStream } from "./message-stream.ts";
import { holdSession, type Held } from "./hold-session.ts";
import type { AcpPatience } from "./open-session.ts";

export type AcpProgram = { name: string; file: string; args: string[]; patience: AcpPatience };

const stopped: GuestEnd = { type: "failed", why: "killed", message: "It was stopped." };
const keptLength = 4_000;
/** To write its session down after its input has ended; some never go by themselves. */
const leaveMs = 1_500;
/** To end a turn that was cancelled. */
const cancelMs = 500;

/** One start of an agent: a process, a connection over its pipes, one prompt. */
export async function runAcp(program: AcpProgram, turn: GuestTurn): Promise<GuestEnd> {
  const { sandbox, signal } = turn;
  const { output } = await sandbox.exec({ command: "pwd", timeoutMs: 10_000 });
  const root = output.trimEnd();
  const { files, env } = knownSurroundings({ ...turn, home: sandbox.home, root });
  for (const [path, text] of Object.entries(files)) await sandbox.writeFile(join(sandbox.home, path), text);
  if (signal.aborted) return stopped;

  const words = keepEnd(keptLength);
  const messages = createMessageStream(
    (text) => process.write(text),
    (line) => words.push(`${line.slice(0, keptLength)}\n`),
  );
  const process: Spawned = sandbox.spawn({
    file: program.file,
    args: program.args,
    env: { ...env, ...turn.env },
    onStdout: messages.push,
    onStderr: words.push,
  });
  const gone = process.ended.finally(() => messages.end());
  const held = holdSession(messages.stream, turn, { root, patience: program.patience });
  const onAbort = (): void => void cancel(held, process);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    // Where the agent dies the connection ends, and with it whatever was asked of it.
    const told = await held.end;
    if (told !== null) await letGo(process);
    const how = await gone;
    if (signal.aborted) return stopped;
    if (told !== null) return told;
    return describeDeath(program, how, lastLines(words.text()));
  } finally {
    signal.removeEventListener("abort", onAbort);
    held.close();
    await process.stop();
  }
}

async function letGo(process: Spawned): Promise<void> {
  process.endInput();
  const left = new AbortController();
  const leaving = process.ended.then(
    () => left.abort(),
    () => left.abort(),
  );
  await Promise.race([leaving, sleep(leaveMs)]);
  if (!left.signal.aborted) await process.stop();
}

async function cancel(held: Held, process: Spawned): Promise<void> {
  await Promise.race([held.cancel(), sleep(cancelMs)]);
  await process.stop();
}

type Ending = Awaited<Spawned["ended"]>;

function describeDeath({ name }: AcpProgram, how: Ending, words: string): GuestEnd {
  const said = words === "" ? "" : `: ${words}`;
  switch (how.type) {
    case "failed":
      return { type: "failed", why: "start", message: `${name} could not be started: ${how.reason}` };
    case "killed":
      return { type: "failed", why: "killed", message: `${name} was ended by ${how.signal}${said}` };
    case "exited":
      return {
        type: "failed",
        why: "error",
        message: `${name} exited with ${how.exitCode} before its turn was over${said}`,
      };
  }
}
