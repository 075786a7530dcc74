import type { ImportedAgents } from "../config/dispatch/imported-agents.ts";
import { exitCodes } from "../core/error.ts";
import { plainLine } from "../core/plain-text.ts";
import { proposeConfig, writeConfig } from "../engine/init-config.ts";
import { importAgents } from "../engine/import-agents.ts";
import { openWorkspace } from "../engine/workspace.ts";
import { print, tell, type Terminal } from "./terminal.ts";

export type InitOptions = {
  print?: boolean;
  /** True where no file is named. */
  fromDispatch?: string | true;
};

/** A first agentx.yaml with what was found; one that is there stays as it is. */
export async function init(terminal: Terminal, options: InitOptions): Promise<number> {
  const workspace = await openWorkspace(terminal.cwd, terminal.env);
  const { fromDispatch } = options;
  const imported =
    fromDispatch === undefined
      ? null
      : await importAgents(fromDispatch === true ? null : fromDispatch, terminal);
  const { text, detected, who } = await proposeConfig(workspace, imported);
  for (const line of tellImported(imported)) tell(terminal, plainLine(line));
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
  if (detected.gates.length > 0)
    tell(terminal, "agentx gates --prove shows whether the gates refuse anything.");
  return exitCodes.allMerged;
}

/** All that the person has to know of it, also where the file is only printed. */
function tellImported(imported: ImportedAgents | null): string[] {
  if (imported === null) return [];
  const { from, implement, programs, left } = imported;
  const names = programs.map(({ name }) => name);
  const taken = [
    ...(implement === null ? [] : [`${implement} implements`]),
    ...(names.length > 0 ? [`programs ${names.join(", ")}`] : []),
  ];
  return [
    `${from}: ${taken.length === 0 ? "nothing could be taken over" : taken.join("; ")}.`,
    ...programs.flatMap(({ name, notes }) => notes.map((note) => `  ${name}: ${note}`)),
    ...left,
  ];
}
