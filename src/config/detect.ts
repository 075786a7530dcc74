import type { GateSpec } from "../core/run-settings.ts";
import { defaultTimeoutMs, type Setup } from "./config.ts";
import { detectGo } from "./detect/go.ts";
import { detectMake } from "./detect/make.ts";
import { detectNode } from "./detect/node.ts";
import { detectPython } from "./detect/python.ts";
import { detectRust } from "./detect/rust.ts";
import type { FoundGate, Project, Toolset } from "./detect/toolset.ts";

export type Detected = {
  setup: Setup | null;
  gates: GateSpec[];
  /** A sentence each: what was chosen and why, and what was not found. */
  notes: string[];
};

const manifests = ["package.json", "pyproject.toml", "Cargo.toml", "go.mod", "Makefile"];

/**
 * Finds out how a project checks itself, from the files in its root alone; nothing is run.
 * @param project `files` are paths relative to the root, `read` gives null for a file that is not there
 */
export async function detectProject(project: Project): Promise<Detected> {
  const detectors = [detectNode, detectPython, detectRust, detectGo];
  const found = await Promise.all(detectors.map((detect) => detect(project)));
  const toolsets = found.filter((toolset) => toolset !== null);
  const make = await detectMake(
    project,
    toolsets.flatMap(({ gates }) => gates.map(({ name }) => name)),
  );
  const all = make === null ? toolsets : [...toolsets, make];
  const gates = nameGates(all);
  const setup = all.flatMap(({ setup: command }) => command ?? []).join(" && ");
  return {
    setup: setup === "" ? null : { command: setup, timeoutMs: defaultTimeoutMs, network: null },
    gates: gates.map((gate) => ({ ...gate, timeoutMs: defaultTimeoutMs, network: false })),
    notes: [...all.flatMap(({ notes }) => notes), ...missingNotes(project, gates)],
  };
}

/** The first toolset has the plain names; `test` of a second one becomes `python-test`. */
function nameGates(toolsets: readonly Toolset[]): FoundGate[] {
  const gates: FoundGate[] = [];
  for (const { language, gates: own } of toolsets) {
    for (const { name, command } of own) {
      const taken = gates.some((gate) => gate.name === name);
      gates.push({ name: taken ? `${language}-${name}` : name, command });
    }
  }
  return gates;
}

function missingNotes({ files }: Project, gates: readonly FoundGate[]): string[] {
  if (gates.length > 0) {
    const hasTests = gates.some(({ name }) => /(^|-)(test|check)$/.test(name));
    return hasTests ? [] : ["No tests were found, so only the other gates decide."];
  }
  const nested = files.find(
    (file) => file.includes("/") && manifests.includes(file.slice(file.lastIndexOf("/") + 1)),
  );
  const elsewhere = nested === undefined ? "" : ` (${nested} is not in the root, so it was not looked at)`;
  return [`No command was found that checks this project${elsewhere}.`];
}
