import { join } from "node:path";
import type { Agent } from "../agents/agent.ts";
import { createApiAgent } from "../agents/api/api-agent.ts";
import { AgentxError } from "../core/error.ts";
import type { RunSettings } from "../core/run-settings.ts";
import { createWorktreePool, type WorktreePool } from "../git/worktree-pool.ts";
import type { Model } from "../models/model.ts";
import { openModel } from "../models/open-model.ts";
import type { SandboxProvider } from "../sandbox/sandbox.ts";
import { type CheckoutPool, createCheckoutPool } from "../stages/gate/checkout-pool.ts";
import { type Checkout, setUp } from "../stages/setup/set-up.ts";
import type { Workspace } from "./workspace.ts";

/** The tools that every stage of a run shares. */
export type Workshop = {
  workspace: Workspace;
  agent: Agent;
  pool: WorktreePool;
  checkouts: CheckoutPool;
  sandboxes: SandboxProvider;
  /** `settings` as they are now: an answer may have changed them since the run was opened. */
  setUp: (checkout: Checkout, at: { settings: RunSettings; signal: AbortSignal }) => Promise<void>;
};

/** What the person's shell says about reaching a registry; nothing here is a secret. */
const networkVariables = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "npm_config_registry",
];

export function openWorkshop(
  workspace: Workspace,
  { settings, sandboxes }: { settings: RunSettings; sandboxes: SandboxProvider },
): Workshop {
  const { repo, home, env } = workspace;
  const pool = createWorktreePool({ repo, home });
  const networkEnv = Object.fromEntries(
    networkVariables.flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  );
  const cacheHome = join(home, "setup-home");
  return {
    workspace,
    agent: createApiAgent({ openModel: modelOpener(workspace, settings), now: () => performance.now() }),
    pool,
    checkouts: createCheckoutPool(settings, pool.leaseDetached),
    sandboxes,
    setUp: (checkout, at) => setUp(checkout, at, { sandboxes, cacheHome, networkEnv }),
  };
}

/** Opens each model once: its client and its retries are shared by all who call it. */
function modelOpener({ repo, env }: Workspace, { providers }: RunSettings): (id: string) => Model {
  const opened = new Map<string, Model>();
  const pauseScale = scriptPace(env);
  return (id) => {
    const known = opened.get(id);
    if (known) return known;
    const model = openModel({ id, providers, env, scripts: { cwd: repo.root, pauseScale } });
    opened.set(id, model);
    return model;
  };
}

/** `AGENTX_SCRIPT_PACE`: the factor on every pause of a scripted model; 0 does not wait. */
function scriptPace(env: Workspace["env"]): number {
  const text = env["AGENTX_SCRIPT_PACE"] || "1";
  const pace = Number(text);
  if (pace >= 0) return pace;
  throw new AgentxError("BAD_PACE", {
    where: "AGENTX_SCRIPT_PACE",
    what: `"${text}" is no number from 0 up`,
    hint: "1 is as written, 0 does not wait",
  });
}
