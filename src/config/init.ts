import { stringify } from "yaml";

import { roles, type Role } from "../core/plan.ts";
import { agentLines, type ProgramHere } from "./agent-lines.ts";
import { defaultTimeoutMs } from "./config.ts";
import type { Detected } from "./detect.ts";
import type { ImportedAgents } from "./dispatch/imported-agents.ts";
import { formatDuration } from "../core/duration.ts";
import { defaults } from "./settings.ts";

export type InitialConfig = {
  detected: Detected;
  /** What the keys in the environment give; null when there is no key. */
  models: Record<Role, string[]> | null;
  /** Programs of other vendors on this machine. */
  found: readonly ProgramHere[];
  /** What another tool was told about agents, or null. */
  imported: ImportedAgents | null;
  /** Address or path of schema/agentx.schema.json, for editors. */
  schema: string;
};

/**
 * A first agentx.yaml: what was detected as settings that one can edit, everything else as comments that say
 * what already holds. It loads back without a problem.
 */
export function renderConfig({ detected, models, found, imported, schema }: InitialConfig): string {
  return [
    `# yaml-language-server: $schema=${schema}`,
    "# Every key is optional. All of them, with their defaults, are in docs/config.md of the package agentx-cli.",
    "",
    // A note may name a file, and a file's name may hold a line break.
    ...detected.notes.map((note) => `# ${note.replaceAll(/\s+/g, " ")}`),
    "",
    "# Commands that must succeed before anything is merged, in this order.",
    ...gateLines(detected),
    "",
    "# Installs the dependencies into a fresh checkout; it may reach the registries and nothing else. false: nothing.",
    `setup: ${detected.setup === null ? "false" : scalar(detected.setup.command)}`,
    "",
    ...agentLines(found, imported),
    "",
    "# With which model: one, or several in order of preference.",
    ...modelLines(models),
    "",
    `# slots: ${defaults.slots}  # workers at the same time`,
    `# maxAttempts: ${defaults.maxAttempts}  # tries at a task before you are asked`,
    "# budget:  # US dollars; null for no limit",
    `#   run: ${defaults.budgetUsd}`,
    "#   task: null",
    "# limits:  # of one attempt",
    `#   turns: ${defaults.limits.turns}`,
    `#   minutes: ${defaults.limits.ms / 60_000}`,
    `#   stall: ${formatDuration(defaults.limits.stallMs)}`,
    "# deliver:",
    "#   fastForward: true  # move your branch to the result when it is clean and has not moved",
    "#   pullRequest: false",
    "",
  ].join("\n");
}

function gateLines({ gates }: Detected): string[] {
  if (gates.length === 0) return ["# gates:", "#   test: npm test"];
  const lines = gates.flatMap(({ name, command, timeoutMs }) => {
    if (timeoutMs === defaultTimeoutMs) return [`  ${name}: ${scalar(command)}`];
    const timeout = formatDuration(timeoutMs);
    return [`  ${name}:`, `    command: ${scalar(command)}`, `    timeout: ${timeout}`];
  });
  return ["gates:", ...lines];
}

function modelLines(models: InitialConfig["models"]): string[] {
  const example = models?.implement ?? ["anthropic/claude-opus-5-5"];
  const lines = roles.map((role) => `#   ${role}: [${(models?.[role] ?? example).map(scalar).join(", ")}]`);
  return ["# models:", ...lines];
}

/** On one line, quoted only where YAML needs it. */
function scalar(text: string): string {
  return stringify(text, { lineWidth: 0, defaultStringType: "PLAIN", blockQuote: false }).trimEnd();
}
