import { exitCodes } from "../core/error.ts";
import { plainLine, plainText } from "../core/plain-text.ts";
import { readInput } from "../engine/read-input.ts";
import { showContext } from "../engine/show-context.ts";
import { openWorkspace } from "../engine/workspace.ts";
import { renderContextTable } from "../report/context-table.ts";
import { renderJson } from "../report/json.ts";
import { stdoutLook } from "./stdout-look.ts";
import { print, tell, type Terminal } from "./terminal.ts";

/** What the worker of a task will see, and what each part costs; with `full` the words themselves. */
export async function context(
  terminal: Terminal,
  { input, task: id }: { input: string; task: string },
  options: { full?: boolean; json?: boolean },
): Promise<number> {
  const { cwd, env, stdin } = terminal;
  const workspace = await openWorkspace(cwd, env);
  const handedIn = await readInput(input, { workspace, cwd, stdin });
  const { task, parts, tokens, system, prompt } = await showContext(workspace, { input: handedIn, task: id });
  if (options.json) {
    const words = options.full ? { system, prompt } : {};
    print(terminal, renderJson({ task: task.id, role: task.role, tokens, parts, ...words }));
    return exitCodes.allMerged;
  }
  if (options.full) {
    const text = `${system}\n\n${prompt}`;
    // Into a file or a program go the very bytes that the model gets.
    print(terminal, terminal.stdout.isTTY ? plainText(text) : text);
    return exitCodes.allMerged;
  }
  const title = `${task.id}: ${task.title}`;
  print(terminal, renderContextTable({ title, parts, tokens, ...stdoutLook(terminal) }));
  if (task.needs.length > 0) {
    tell(terminal, `Added when they are written: the notes of ${task.needs.map(plainLine).join(", ")}.`);
  }
  return exitCodes.allMerged;
}
