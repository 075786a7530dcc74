import { delimiter, dirname } from "node:path";
import process from "node:process";
import { stringify } from "yaml";
import type { ProgramName } from "../../src/core/agent-spec.ts";
import { makeProject, type Project, serveModels } from "../e2e/project.ts";
import type { ServeScriptOptions } from "../model-server/serve-script.ts";
import type { ModelServer } from "../model-server/server.ts";
import { installProgram, type NpmProgram, systemPath } from "../support/npm-program.ts";
import { asGuestTurn } from "./guest-turn.ts";

/** An agent as a person would configure it, and what of npm it needs. */
export type GuestSetup = { agent: string; install: readonly NpmProgram[]; config: Record<string, unknown> };

const byProvider = {
  anthropic: "anthropic/claude-opus-5-5",
  openai: "openai/gpt-5.5",
  google: "google/gemini-3.8-flash",
} as const;

export const guestSetups: Record<string, GuestSetup> = {
  claude: known("claude", "anthropic"),
  codex: known("codex", "openai"),
  gemini: known("gemini", "google"),
  opencode: known("opencode", "anthropic"),
  pi: known("pi", "anthropic"),
  "gemini-acp": overAcp("google", { command: "gemini", args: ["--acp"] }),
  "claude-acp": overAcp("anthropic", { command: "claude-agent-acp" }),
};

type Vendor = keyof typeof byProvider;

function known(agent: ProgramName, vendor: Vendor): GuestSetup {
  const config = { agents: { implement: agent, review: agent }, models: allRoles(byProvider[vendor]) };
  return { agent, install: [agent], config };
}

function overAcp(vendor: Vendor, acp: { command: NpmProgram; args?: string[] }): GuestSetup {
  const agent = "an-acp-agent";
  const config = {
    agents: { implement: agent, review: agent },
    programs: { [agent]: { acp } },
    models: allRoles(byProvider[vendor]),
  };
  return { agent, install: [acp.command], config };
}

function allRoles(model: string): Record<string, string> {
  return Object.fromEntries(
    ["plan", "research", "implement", "review", "resolve"].map((role) => [role, model]),
  );
}

/** A small project whose tasks a guest does; its one gate takes no time and is red while a file `broken` is there. */
export async function guestProject(
  { install, config }: GuestSetup,
  settings: Record<string, unknown> = {},
): Promise<Project> {
  const gates = { check: "sh check.sh" };
  const project = makeProject({
    "readme.md": "hello\n",
    "agentx.yaml": stringify({ gates, ...config, ...settings }),
    "check.sh": "test ! -e broken || { echo 'check.sh:1 broken is there' >&2; exit 1; }\n",
  });
  const bins = await Promise.all(install.map(installProgram));
  // The Node of this process first: some programs need a newer one than the machine's.
  project.env["PATH"] = [dirname(process.execPath), ...bins, systemPath()].join(delimiter);
  return project;
}

/** Serves a script in the models' place, in a form that every program can play. */
export function serveGuests(
  project: Project,
  script: string | object,
  options: ServeScriptOptions = {},
): Promise<{ server: ModelServer; env: Record<string, string> }> {
  return serveModels(project, script, {
    ...options,
    shape: (turn, { toolNames }) => (toolNames.length === 0 ? turn : asGuestTurn(turn, toolNames)),
  });
}
