import { apiAgent } from "../core/agent-spec.ts";
import { exitCodes } from "../core/error.ts";
import { plainLine, plainText } from "../core/plain-text.ts";
import { readInput } from "../engine/read-input.ts";
import { type ContextSource, showContext } from "../engine/show-context.ts";
import { openWorkspace } from "../engine/workspace.ts";
import { renderContextTable } from "../report/context-table.ts";
import { renderJson } from "../report/json.ts";
import { stdoutLook } from "./stdout-look.ts";
import { print, tell, type Terminal } from "./terminal.ts";

/** What agentx gives the worker of a task at first, and what each part costs; with `full` the words themselves. */
export async function context(
  terminal: Terminal,
  id: string,
  options: { plan?: string; run?: string; full?: boolean; json?: boolean },
): Promise<number> {
  const { cwd, env, stdin } = terminal;
  const workspace = await openWorkspace(cwd, env);
  const source: ContextSource =
    options.plan === undefined
      ? { type: "run", run: options.run ?? null }
      : { type: "plan", input: await readInput(options.plan, { workspace, cwd, stdin }) };
  const shown = await showContext(workspace, { source, task: id });
  const { task, agent, parts, tokens, system, prompt, missingNotes } = shown;
  if (options.json) {
    const words = options.full ? { system, prompt } : {};
    print(terminal, renderJson({ task: task.id, role: task.role, agent, tokens, parts, ...words }));
    return exitCodes.allMerged;
  }
  if (options.full) {
    const text = `${system}\n\n${prompt}`;
    // Into a file or a program go the very bytes that the model gets.
    print(terminal, terminal.stdout.isTTY ? plainText(text) : text);
    return exitCodes.allMerged;
  }
  const title = `${task.id}: ${task.title}, for ${agent === apiAgent ? "the built-in agent" : agent}`;
  print(terminal, renderContextTable({ title, parts, tokens, ...stdoutLook(terminal) }));
  if (missingNotes.length > 0) {
    tell(terminal, `Added when they are written: the notes of ${missingNotes.map(plainLine).join(", ")}.`);
  }
  return exitCodes.allMerged;
}
