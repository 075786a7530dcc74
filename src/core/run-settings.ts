import type { Network } from "./egress/allowlist.ts";
import type { AgentSpec, RoleAgents } from "./agent-spec.ts";
import type { Role } from "./plan.ts";

export type GateSpec = {
  name: string;
  /** Run by `sh -c` in a fresh checkout. */
  command: string;
  timeoutMs: number;
  network: Network;
  /** A quicker look at a task's commit, before the command: `{files}` stands for what it changes. Never a reason to merge. */
  affected?: string;
};

export type SetupSpec = {
  command: string;
  timeoutMs: number;
  /** By itself the registries that the command's package managers ask, worked out when the run starts. */
  network: Network;
};

/** How to reach a provider. Keys stay in the environment: only the variable's name is kept. */
export type ProviderSpec = {
  api: "anthropic" | "openai" | "openai-chat" | "google" | "scripted";
  baseUrl: string | null;
  keyEnv: string | null;
};

/** What a worker may use up in one attempt; null means no limit. */
export type Limits = {
  turns: number;
  tokens: number | null;
  usd: number | null;
  ms: number;
  /** No sign of life for this long is a stall. */
  stallMs: number;
};

/** What may be used up inside one sandbox; null means no limit. Sizes are bytes. */
export type SandboxLimits = {
  /** Of all processes together. */
  memory: number | null;
  /** At the same time, threads included. */
  processes: number | null;
  /** Of one file. */
  file: number | null;
  /** Of one process. */
  openFiles: number | null;
  /** Of everything that lies in the folders it may write. */
  disk: number | null;
  /** What has to stay free on the disk of those folders. */
  diskFree: number | null;
};

export const noSandboxLimits: SandboxLimits = {
  memory: null,
  processes: null,
  file: null,
  openFiles: null,
  disk: null,
  diskFree: null,
};

export const sandboxNames = ["bubblewrap", "sandbox-runtime", "docker", "podman"] as const;
export type SandboxName = (typeof sandboxNames)[number];

/** Which walls there are. */
export type SandboxChoice = {
  /** Null: what the platform has. */
  use: SandboxName | null;
  /** For docker and podman. */
  image: string | null;
};

export const platformsSandbox: SandboxChoice = { use: null, image: null };

/** Everything that a run was started with. It is journaled, so a resumed run goes on under the same rules. */
export type RunSettings = {
  /** Concurrent workers. */
  slots: number;
  /** Concurrent gate checkouts. */
  gateSlots: number;
  maxAttempts: number;
  budgetUsd: number | null;
  limits: Limits;
  /** Role → models in order of preference; a later one is used when an earlier one is out of reach. */
  models: Record<Role, string[]>;
  /** Role → name of the agent that takes it: `api`, a known program, or a name in `programs`. */
  agents: RoleAgents;
  /** Agents that the person described, by name. */
  programs: Record<string, AgentSpec>;
  providers: Record<string, ProviderSpec>;
  gates: GateSpec[];
  /** What installs dependencies into a checkout, or null. */
  setup: SetupSpec | null;
  /** First port of the first worktree; each next worktree gets the next `portsPerWorktree`. */
  portBase: number;
  portsPerWorktree: number;
  /** Paths outside the usual system folders that sandboxed commands may read. */
  sandboxReadOnly: string[];
  sandbox: SandboxChoice;
  sandboxLimits: SandboxLimits;
  /** Globs of files in which a worker may add what looks like a secret. */
  secretsAllow: string[];
  unsafeNoSandbox: boolean;
  /** Gates that are red on the base do not hold tasks back until they first turn green. */
  acceptRedBase: boolean;
  /** Who decides over a change that may weaken its own judging: the person, or the reviewer alone. */
  protect: "ask" | "review";
  /** Questions with a stated default are answered by it when nobody is there to ask. */
  useDefaults: boolean;
  fastForward: boolean;
  pullRequest: boolean;
  /** Absolute path of the file that the models' answers are recorded to or replayed from, or null. */
  cassette: { type: "record" | "replay"; file: string } | null;
};
