import { join } from "node:path";
import { asksGateway } from "../../core/agent-spec.ts";
import { usefulLines } from "../../context/useful-lines.ts";
import { shellWord } from "../../sandbox/inside/shell-word.ts";
import type { SpawnEnding } from "../../sandbox/sandbox.ts";
import { dummyKey } from "../guest/door.ts";
import type { Guest, GuestEnd, GuestTurn } from "../guest/guest.ts";
import { createTail } from "./tail.ts";

/** Relative to HOME. */
const promptFile = ".agentx/prompt.md";
const notFound = 127;
const killed: GuestEnd = { type: "failed", why: "killed", message: "it was stopped" };

/**
 * Any command as a worker: `sh -c` in the sandbox, told what to do by a file. Its exit code and the diff are the result,
 * its last lines the note.
 */
export function createCommandGuest({ command }: { command: string }): Guest {
  return {
    name: "command",
    readOnly: [],
    apis: [],
    notes: "next-start",
    resumes: false,
    credentialFiles: [],
    credentialEnv: [],
    run: (turn) => runCommand(command, turn),
  };
}

async function runCommand(command: string, turn: GuestTurn): Promise<GuestEnd> {
  const { sandbox, system, prompt, model, signal, onEvent } = turn;
  const file = join(sandbox.home, promptFile);
  await sandbox.writeFile(file, `${system}\n\n${prompt}\n`);
  if (signal.aborted) return killed;
  const stdout = createTail((line) => onEvent({ type: "activity", text: line }));
  const stderr = createTail((line) => onEvent({ type: "activity", text: line }));
  const spawned = sandbox.spawn({
    file: "/bin/sh",
    args: ["-c", fillIn(command, { prompt_file: file, model: model?.name ?? "" })],
    env: { ...doorEnv(turn), ...turn.env, AGENTX_PROMPT_FILE: file },
    onStdout: stdout.push,
    onStderr: stderr.push,
  });
  const onAbort = (): void => void spawned.stop();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    spawned.endInput();
    const ending = await spawned.ended;
    if (signal.aborted) return killed;
    const note = stdout.text();
    if (note !== "") onEvent({ type: "said", text: note });
    return endOf(ending, stderr.text());
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Each as one word of the shell, whatever stands in it. */
function fillIn(command: string, values: Record<"prompt_file" | "model", string>): string {
  return command.replace(/\{(prompt_file|model)\}/g, (_, name: "prompt_file" | "model") =>
    shellWord(values[name]),
  );
}

/** Where most programs look for a model; with the command's own login it knows that by itself. */
function doorEnv({ credentials, urls }: GuestTurn): Record<string, string> {
  if (!asksGateway({ credentials })) return {};
  return {
    ANTHROPIC_BASE_URL: urls.anthropic,
    ANTHROPIC_API_KEY: dummyKey,
    OPENAI_BASE_URL: urls.openai,
    OPENAI_API_KEY: dummyKey,
    GOOGLE_GEMINI_BASE_URL: urls.google,
    GEMINI_API_KEY: dummyKey,
  };
}

function endOf(ending: SpawnEnding, stderr: string): GuestEnd {
  switch (ending.type) {
    case "failed":
      return { type: "failed", why: "start", message: `the shell could not be started: ${ending.reason}` };
    case "killed":
      return { type: "failed", why: "killed", message: `it was killed by ${ending.signal}` };
    case "exited": {
      if (ending.exitCode === 0) return { type: "done" };
      const said = usefulLines(stderr).trim();
      const words = said === "" ? "it said nothing on stderr" : said;
      if (ending.exitCode === notFound)
        return { type: "failed", why: "start", message: `command not found: ${words}` };
      return { type: "failed", why: "error", message: `exit code ${ending.exitCode}: ${words}` };
    }
  }
}
