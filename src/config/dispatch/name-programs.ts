import { apiAgent, programNames } from "../../core/agent-spec.ts";
import type { ProgramEntry } from "../config-file.ts";
import type { ImportedProgram } from "./imported-agents.ts";

export type NamedPrograms = {
  /** Takes a program under the name that comes nearest to the wanted one, and gives that name. */
  add: (wanted: string, entry: ProgramEntry, notes: readonly string[]) => string;
  all: () => ImportedProgram[];
};

export function namePrograms(): NamedPrograms {
  const taken: ImportedProgram[] = [];
  const isTaken = (name: string): boolean => taken.some((program) => program.name === name);
  return {
    add: (wanted, entry, notes) => {
      const base = fitName(wanted, entry);
      let name = base;
      for (let count = 2; isTaken(name); count++) name = `${base}-${count}`;
      const renamed = name === wanted ? [] : [`Called "${wanted}" there.`];
      taken.push({ name, entry, notes: [...renamed, ...notes] });
      return name;
    },
    all: () => taken,
  };
}

/** What is called after a known program but is another one would be taken for it. */
function fitName(wanted: string, entry: ProgramEntry): string {
  const legal = wanted.replaceAll(/[^\w.-]/g, "-").replace(/^[^A-Za-z]+/, "");
  if (legal === "") return "imported";
  const known = programNames.find((name) => name === legal);
  const isOther = legal === apiAgent || (known !== undefined && entry.program !== known);
  return isOther ? `${legal}-dispatch` : legal;
}
