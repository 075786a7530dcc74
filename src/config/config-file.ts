import type { Credentials, ProgramName } from "../core/agent-spec.ts";
import type { Network } from "../core/egress/allowlist.ts";
import type { ProviderSpec, SandboxName } from "../core/run-settings.ts";

/** agentx.yaml as it is written; durations are text such as `10m`, amounts are US dollars. */
export type ConfigFile = {
  agents?: Agents | undefined;
  programs?: Record<string, ProgramEntry> | undefined;
  models?: Models | undefined;
  providers?: Record<string, ProviderEntry> | undefined;
  gates?: Record<string, GateEntry> | undefined;
  setup?: SetupEntry | undefined;
  slots?: number | undefined;
  gateSlots?: number | undefined;
  maxAttempts?: number | undefined;
  budget?: { run?: number | null | undefined; task?: number | null | undefined } | undefined;
  limits?: LimitsEntry | undefined;
  ports?: { base?: number | undefined; perWorktree?: number | undefined } | undefined;
  sandbox?: SandboxEntry | undefined;
  protect?: "ask" | "review" | undefined;
  secrets?: { allow?: string[] | undefined } | undefined;
  deliver?: { fastForward?: boolean | undefined; pullRequest?: boolean | undefined } | undefined;
};

type Agents = {
  plan?: string | undefined;
  research?: string | undefined;
  implement?: string | undefined;
  review?: string | undefined;
  resolve?: string | undefined;
};

/** One of `program`, `acp` and `command`; a known program's own name may leave `program` out. */
export type ProgramEntry = {
  program?: ProgramName | undefined;
  acp?: { command: string; args?: string[] | undefined } | undefined;
  command?: string | undefined;
  model?: string | undefined;
  prompt?: string | undefined;
  credentials?: Credentials | undefined;
  network?: string[] | undefined;
  web?: boolean | undefined;
  env?: Record<string, string> | undefined;
};

export type ModelsEntry = string | string[];
type Models = {
  plan?: ModelsEntry | undefined;
  research?: ModelsEntry | undefined;
  implement?: ModelsEntry | undefined;
  review?: ModelsEntry | undefined;
  resolve?: ModelsEntry | undefined;
};

export type ProviderEntry = {
  api: ProviderSpec["api"];
  baseUrl?: string | undefined;
  keyEnv?: string | undefined;
};

export type GateEntry =
  | string
  | {
      command: string;
      timeout?: string | undefined;
      network?: Network | undefined;
      prove?: string | undefined;
      affected?: string | undefined;
    };

export type SetupEntry =
  | false
  | string
  | { command: string; timeout?: string | undefined; network?: Network | undefined };

type SandboxEntry = {
  use?: SandboxName | undefined;
  image?: string | undefined;
  readOnly?: string[] | undefined;
  limits?: SandboxLimitsEntry | undefined;
};

/** Sizes are text such as `8g`. */
type SandboxLimitsEntry = {
  memory?: string | null | undefined;
  processes?: number | null | undefined;
  file?: string | null | undefined;
  openFiles?: number | null | undefined;
  disk?: string | null | undefined;
  diskFree?: string | null | undefined;
};

type LimitsEntry = {
  turns?: number | undefined;
  tokens?: number | null | undefined;
  minutes?: number | undefined;
  stall?: string | undefined;
};
