import { stringify } from "yaml";

import { plainLine } from "../core/plain-text.ts";
import { roles } from "../core/plan.ts";
import type { ImportedAgents, ImportedProgram } from "./dispatch/imported-agents.ts";

/** A program that is on this machine; `version` is empty where it does not say. */
export type ProgramHere = { name: string; version: string };

/** `agents` and `programs` of a first agentx.yaml: what another tool was told as settings, or what is here as comments. */
export function agentLines(found: readonly ProgramHere[], imported: ImportedAgents | null): string[] {
  const head = [
    "# Who does a role's work: api, which is built in, or a program: claude, codex, gemini, opencode, pi,",
    "# or a name of `programs`.",
  ];
  if (imported === null) return [...head, ...suggestions(found)];
  return [...head, ...importedLines(imported)];
}

/** Who is best at what, among those that are here. */
const liking = {
  plan: ["claude", "codex", "gemini", "opencode", "pi"],
  research: ["gemini", "claude", "codex", "opencode", "pi"],
  implement: ["claude", "codex", "opencode", "pi", "gemini"],
  review: ["codex", "gemini", "claude", "opencode", "pi"],
  resolve: ["claude", "codex", "opencode", "pi", "gemini"],
} as const;

function suggestions(found: readonly ProgramHere[]): string[] {
  const rows = roles.map((role) => {
    const name = liking[role].find((one) => found.some((program) => program.name === one));
    if (name === undefined) return `#   ${role}: api`;
    const version = found.find((program) => program.name === name)?.version ?? "";
    return `#   ${role}: ${name}  # ${plainLine(`${version} found`).trim()}`;
  });
  return [
    "# agents:",
    ...rows,
    "# programs:  # further agents, or other settings for a known one",
    "#   careful: { program: claude, model: anthropic/claude-opus-5-5, prompt: Security first. }",
    '#   mytool: { command: "mytool {prompt_file}" }',
  ];
}

function importedLines({ from, implement, programs, left }: ImportedAgents): string[] {
  return [
    plainLine(`# Taken over from ${from}.`),
    ...left.map((line) => plainLine(`# ${line}`)),
    ...(implement === null ? ["# agents:", "#   implement: api"] : ["agents:", `  implement: ${implement}`]),
    "# Dispatch leaves the programs their own logins. Here each works with your key, which the gateway adds and counts;",
    "# `credentials: own` gives one its login and every public host instead.",
    ...(programs.length === 0
      ? ["# programs:", "#   claude: { credentials: own }"]
      : ["programs:", ...programs.flatMap(programLines)]),
  ];
}

function programLines({ name, entry, notes }: ImportedProgram): string[] {
  const text = stringify({ [name]: entry }, { lineWidth: 0 }).trimEnd();
  return [
    ...notes.map((note) => `  # ${plainLine(note)}`),
    ...text.split("\n").map((line) => (line === "" ? "" : `  ${line}`)),
  ];
}
