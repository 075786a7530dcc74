import { delimiter, dirname } from "node:path";
import process from "node:process";
import { stringify } from "yaml";
import type { ProgramName } from "../../src/core/agent-spec.ts";
import { systemPath } from "../support/npm-install.ts";
import { installProgram, type NpmProgram } from "../support/npm-program.ts";

/** An agent as a person would configure it, and what of npm it needs. */
export type GuestSetup = { agent: string; install: readonly NpmProgram[]; config: Record<string, unknown> };

/** Whose protocol an agent's requests are in. */
export type Vendor = keyof typeof byProvider;

/** An agent whose models are all of one vendor. */
export type VendorSetup = GuestSetup & { vendor: Vendor };

const byProvider = {
  anthropic: "anthropic/claude-opus-5-5",
  openai: "openai/gpt-5.5",
  google: "google/gemini-3.8-flash",
} as const;

export const guestSetups: Record<string, VendorSetup> = {
  claude: known("claude", "anthropic"),
  codex: known("codex", "openai"),
  gemini: known("gemini", "google"),
  opencode: known("opencode", "anthropic"),
  pi: known("pi", "anthropic"),
  "gemini-acp": overAcp("google", { command: "gemini", args: ["--acp"] }),
  "claude-acp": overAcp("anthropic", { command: "claude-agent-acp" }),
};

/** The built-in loop with a vendor's model, to compare with. */
export function builtIn(vendor: Vendor): VendorSetup {
  return { agent: "api", install: [], vendor, config: { models: allRoles(byProvider[vendor]) } };
}

function known(agent: ProgramName, vendor: Vendor): VendorSetup {
  const config = { agents: { implement: agent, review: agent }, models: allRoles(byProvider[vendor]) };
  return { agent, install: [agent], vendor, config };
}

function overAcp(vendor: Vendor, acp: { command: NpmProgram; args?: string[] }): VendorSetup {
  const agent = "an-acp-agent";
  const config = {
    agents: { implement: agent, review: agent },
    programs: { [agent]: { acp } },
    models: allRoles(byProvider[vendor]),
  };
  return { agent, install: [acp.command], vendor, config };
}

function allRoles(model: string): Record<string, string> {
  return Object.fromEntries(
    ["plan", "research", "implement", "review", "resolve"].map((role) => [role, model]),
  );
}

/** The first commit of a small project whose one gate takes no time and is red while a file `broken` is there. */
export function guestFiles(
  { config }: GuestSetup,
  settings: Record<string, unknown>,
): Record<string, string> {
  return {
    "readme.md": "hello\n",
    "agentx.yaml": stringify({ gates: { check: "sh check.sh" }, ...config, ...settings }),
    "check.sh": "test ! -e broken || { echo 'check.sh:1 broken is there' >&2; exit 1; }\n",
  };
}

/** PATH with the programs, and the Node of this process first: some of them need a newer one than the machine's. */
export async function guestPath({ install }: GuestSetup): Promise<string> {
  const bins = await Promise.all(install.map(installProgram));
  return [dirname(process.execPath), ...bins, systemPath()].join(delimiter);
}
