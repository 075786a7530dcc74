import type { AgentSpec } from "../core/agent-spec.ts";
import type { Network } from "../core/egress/allowlist.ts";
import type { Role } from "../core/plan.ts";
import type { GateSpec, ProviderSpec, SandboxLimits, SandboxName } from "../core/run-settings.ts";

/** `network: null` where nobody said: the registries of the command's package managers. */
export type Setup = { command: string; timeoutMs: number; network: Network | null };

/** Where the person wrote it, as `agentx.yaml:3`: for what is wrong with an agent or a model on this machine. */
export type Places = {
  agents: Partial<Record<Role, string>>;
  /** Role → model → place. */
  models: Partial<Record<Role, ReadonlyMap<string, string>>>;
  /** Program → place of the model that it names. */
  programModels: ReadonlyMap<string, string>;
};

export const nowhere: Places = { agents: {}, models: {}, programModels: new Map() };

/** What the person said; null, or a missing key, where they said nothing. Times are milliseconds. */
export type Config = {
  agents: Partial<Record<Role, string>>;
  places: Places;
  programs: Record<string, AgentSpec>;
  models: Partial<Record<Role, string[]>>;
  providers: Record<string, ProviderSpec>;
  /** Null: detect them. Empty: the person wants none. */
  gates: GateSpec[] | null;
  /** Gate → command that plants a fault which the gate has to refuse. */
  proofs: Record<string, string>;
  setup: { type: "detect" } | { type: "none" } | ({ type: "command" } & Setup);
  slots: number | null;
  gateSlots: number | null;
  maxAttempts: number | null;
  /** `limit: null` is an explicit "no limit". */
  budget: { limit: number | null } | null;
  limits: Partial<{ turns: number; tokens: number | null; usd: number | null; ms: number; stallMs: number }>;
  portBase: number | null;
  portsPerWorktree: number | null;
  /** May begin with `~/`. */
  sandboxReadOnly: string[];
  sandboxUse: SandboxName | null;
  sandboxImage: string | null;
  sandboxLimits: Partial<SandboxLimits>;
  protect: "ask" | "review" | null;
  secretsAllow: string[];
  fastForward: boolean | null;
  pullRequest: boolean | null;
};

/** For a gate and for the setup, unless the file says otherwise. */
export const defaultTimeoutMs: number = 10 * 60_000;
