import type { ProgramEntry } from "../config-file.ts";

export type ImportedProgram = {
  name: string;
  entry: ProgramEntry;
  /** What the person should know about it, a sentence each. */
  notes: string[];
};

/** What another tool's configuration says about who works, in the words of agentx.yaml. */
export type ImportedAgents = {
  /** The file, as the person knows it. */
  from: string;
  /** Name of the agent for `agents.implement`, or null. */
  implement: string | null;
  programs: ImportedProgram[];
  /** What could not be taken over, with its place. */
  left: string[];
};
