import { exitCodes } from "../core/error.ts";
import { plainLine } from "../core/plain-text.ts";
import { proposeConfig, writeConfig } from "../engine/init-config.ts";
import { openWorkspace } from "../engine/workspace.ts";
import { print, tell, type Terminal } from "./terminal.ts";

/** A first agentx.yaml with what was found; one that is there stays as it is. */
export async function init(terminal: Terminal, options: { print?: boolean }): Promise<number> {
  const workspace = await openWorkspace(terminal.cwd, terminal.env);
  const { text, detected, who } = await proposeConfig(workspace);
  if (options.print) {
    print(terminal, text);
    return exitCodes.allMerged;
  }
  const file = await writeConfig(workspace, text);
  for (const note of detected.notes) tell(terminal, plainLine(note));
  tell(
    terminal,
    who === null ? "No key is set, so no model was found." : `Models from the keys that are there: ${who}.`,
  );
  tell(terminal, `Written to ${file}. Read it, change it, commit it; agentx doctor says what is missing.`);
  return exitCodes.allMerged;
}
