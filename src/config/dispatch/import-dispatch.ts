import { plainLine } from "../../core/plain-text.ts";
import { programApis } from "../../core/program-apis.ts";
import type { ProgramEntry } from "../config-file.ts";
import { holdsSecret } from "../secret-words.ts";
import type { ImportedAgents } from "./imported-agents.ts";
import { type KnownCommand, readKnownCommand } from "./known-command.ts";
import { familyOf, isShortName, modelIdOf, programFor } from "./model-id.ts";
import { type NamedPrograms, namePrograms } from "./name-programs.ts";
import { readDispatch, type ReadDispatch } from "./read-dispatch.ts";

/** How a backend is started: in a way that agentx knows, or by a command that a model's flag is added to. */
type Start = ({ type: "known" } & KnownCommand) | { type: "command"; command: string };

/** `name` is what it is called in agentx.yaml. */
type Taken = { name: string; entry: ProgramEntry };

type Importing = ReadDispatch & {
  programs: NamedPrograms;
  starts: Map<string, Start>;
  /** By the name that the file calls it. */
  taken: Record<"agents" | "models" | "aliases", Map<string, Taken>>;
  leave: (path: readonly string[], why: string) => void;
};

/**
 * The agents that the Dispatch skill's config.yaml describes. Whatever cannot be said in agentx.yaml is named in `left`.
 * @throws AgentxError DISPATCH_INVALID with every problem and its line
 */
export function importDispatch({ text, file }: { text: string; file: string }): ImportedAgents {
  const read = readDispatch({ text, file });
  const left: string[] = [];
  const programs = namePrograms();
  const importing: Importing = {
    ...read,
    programs,
    starts: new Map(),
    taken: { agents: new Map(), models: new Map(), aliases: new Map() },
    leave: (path, why) => {
      left.push(plainLine(`${read.placeOf(path)}: "${path.join(".")}" was not taken over: ${why}`));
    },
  };
  for (const path of read.unknown) importing.leave(path, "agentx has nothing like it");
  readStarts(importing, "backends");
  readStarts(importing, "agents");
  takeModels(importing);
  takeAliases(importing);
  return { from: file, implement: takeDefault(importing), programs: programs.all(), left };
}

function readStarts(
  { config, starts, programs, taken, leave }: Importing,
  section: "backends" | "agents",
): void {
  for (const [name, { command }] of Object.entries(config[section] ?? {})) {
    if (holdsSecret(command)) {
      leave([section, name], "its command holds a secret, which no worker may have");
      continue;
    }
    if (command.includes("{prompt}")) {
      leave([section, name], "its command has {prompt}, which means something else in agentx");
      continue;
    }
    const known = readKnownCommand(command);
    const start: Start = known === null ? { type: "command", command } : { type: "known", ...known };
    if (section === "backends") starts.set(name, start);
    const entry = entryOf(start, null);
    // What says no more than a known program's own name needs no entry.
    const isPlain = entry.program === name && entry.model === undefined;
    const called = isPlain ? name : programs.add(name, entry, notesOf(entry, known?.model ?? null));
    taken.agents.set(name, { name: called, entry });
  }
}

function takeModels({ config, starts, taken, programs, leave }: Importing): void {
  for (const [id, { backend }] of Object.entries(config.models ?? {})) {
    const start = starts.get(backend);
    if (start === undefined) {
      const why = Object.hasOwn(config.backends ?? {}, backend)
        ? `neither was its backend "${backend}"`
        : `there is no backend "${backend}"`;
      leave(["models", id], why);
      continue;
    }
    if (!canRun(start, id)) {
      leave(["models", id], `${backend} cannot speak to a model of ${familyOf(id)}`);
      continue;
    }
    const entry = entryOf(start, id);
    taken.models.set(id, { name: programs.add(id, entry, notesOf(entry, id)), entry });
  }
}

function takeAliases(importing: Importing): void {
  const { config, taken, programs, leave } = importing;
  for (const [name, { model, prompt }] of Object.entries(config.aliases ?? {})) {
    const base = taken.models.get(model)?.entry ?? unlisted(importing, model);
    if (base === null) {
      leave(["aliases", name], `its model "${model}" is unknown, or was not taken over`);
      continue;
    }
    const words = prompt?.trim() ?? "";
    const entry = words === "" ? base : { ...base, prompt: words };
    taken.aliases.set(name, { name: programs.add(name, entry, notesOf(entry, model)), entry });
  }
}

function takeDefault(importing: Importing): string | null {
  const { config, taken, programs, leave } = importing;
  const wanted = config.default;
  if (wanted === undefined) return null;
  const { aliases, models, agents } = taken;
  const found = aliases.get(wanted) ?? models.get(wanted) ?? agents.get(wanted);
  if (found !== undefined) return found.name;
  const entry = unlisted(importing, wanted);
  if (entry !== null) return programs.add(wanted, entry, notesOf(entry, wanted));
  leave(["default"], `"${wanted}" is unknown, or was not taken over`);
  return null;
}

/** Dispatch knows the vendors' models by their names also where its file does not list them. */
function unlisted({ config }: Importing, id: string): ProgramEntry | null {
  const program = Object.hasOwn(config.models ?? {}, id) ? null : programFor(id);
  return program === null ? null : entryOf({ type: "known", program, model: null }, id);
}

/** The flag of the model comes before the prompt, as Dispatch has it. */
function entryOf(start: Start, id: string | null): ProgramEntry {
  if (start.type === "command") {
    const flag = id === null ? "" : ` --model ${quoted(id)}`;
    return { command: `${start.command.trim()}${flag} "$(cat {prompt_file})"` };
  }
  const wanted = id ?? start.model;
  const model = wanted === null ? null : modelIdOf(wanted, start.program);
  return { program: start.program, ...(model === null ? {} : { model }) };
}

function canRun(start: Start, id: string): boolean {
  if (start.type === "command") return true;
  const family = familyOf(id);
  return family === null || programApis[start.program].some((api) => api === family);
}

function notesOf({ command }: ProgramEntry, id: string | null): string[] {
  if (command !== undefined) {
    return ["The whole prompt becomes one argument, as in Dispatch: it may not be longer than 128 KiB."];
  }
  if (id === null || !isShortName(id)) return [];
  return [`"${id}" is a short name of the program's own: prices are known for whole ids.`];
}

/** For `sh -c`. */
function quoted(word: string): string {
  return /^[\w./:@+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
