import { dirname } from "node:path";
import { callsOf, type ScriptedCall } from "../../src/models/script-turn.ts";
import type { ScriptCall } from "../../src/models/script.ts";
import type { ServerTurn } from "../model-server/types.ts";

/** The shell tool of each program, and its arguments; where one program has two names, the first that is offered. */
const shells: Record<string, (command: string) => Record<string, unknown>> = {
  Bash: (command) => ({ command, description: "works" }),
  exec_command: (cmd) => ({ cmd }),
  run_shell_command: (command) => ({ command, description: "works" }),
  bash: (command) => ({ command, description: "works" }),
};

/**
 * A turn that was written for the built-in loop, as the program behind this request can play it: files are written and
 * questions asked in its shell, a note is its last words, and a verdict is JSON in them.
 */
export function asGuestTurn(turn: ServerTurn, toolNames: readonly string[]): ServerTurn {
  const shell = Object.keys(shells).find((name) => toolNames.includes(name));
  const isBuiltIn = toolNames.some((name) => name === "finish" || name.startsWith("submit_"));
  if (isBuiltIn) return turn;
  const { call: _call, calls: _calls, ...rest } = turn;
  const all = callsOf(turn);
  const [first] = all;
  if (first === undefined) return turn;
  if (first.name === "finish")
    return { ...rest, say: typeof first.input["note"] === "string" ? first.input["note"] : "" };
  if (first.name.startsWith("submit_"))
    return { ...rest, say: `\`\`\`json\n${JSON.stringify(first.input)}\n\`\`\`` };
  if (shell === undefined) throw new Error(`no shell tool among ${toolNames.join(", ")}`);
  const toInput = shells[shell] ?? (() => ({}));
  const calls: ScriptCall[] = all.map((call) => ({ tool: shell, ...toInput(commandFor(call)) }));
  return { ...rest, calls };
}

function commandFor({ name, input }: ScriptedCall): string {
  const text = (key: string): string => {
    const value = input[key];
    return typeof value === "string" ? value : "";
  };
  if (name === "shell") return text("command");
  if (name === "ask") return `agentx ask ${quote(text("question") || text("text"))}`;
  if (name === "write") {
    const bytes = Buffer.from(text("content")).toString("base64");
    // Gemini CLI refuses commands with a substitution in them.
    return `mkdir -p ${quote(dirname(text("path")))} && echo ${bytes} | base64 -d > ${quote(text("path"))}`;
  }
  throw new Error(`no program's shell does "${name}"`);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
