import type { Agent } from "../agents/agent.ts";
import { createApiAgent } from "../agents/api/api-agent.ts";
import { apiAgent } from "../core/agent-spec.ts";
import { AgentxError } from "../core/error.ts";
import type { RunSettings } from "../core/run-settings.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { Model } from "../models/model.ts";
import { loadModel, openModel } from "../models/open-model.ts";
import type { Workspace } from "./workspace.ts";

const now = (): number => performance.now();
/** A replay answers at once, and what failed for good in the recording fails again. */
const withoutWaiting = { tries: 5, sleep: async (): Promise<void> => {}, random: (): number => 0 };

/** The built-in loop. It calls its models directly, and through the gateway only where that records or replays. */
export async function openBuiltInAgent(
  workspace: Workspace,
  { settings, gateway }: { settings: RunSettings; gateway: () => Promise<Gateway> },
): Promise<Agent> {
  const openDirect = modelOpener(workspace, settings);
  const { cassette, providers } = settings;
  if (cassette === null) return createApiAgent({ openModel: openDirect, now });
  const { createRoutedApiAgent } = await import("./cassette/routed-api-agent.ts");
  const retry = cassette.type === "replay" ? { retry: withoutWaiting } : {};
  return createRoutedApiAgent({ gateway, providers, env: workspace.env, openDirect, now, ...retry });
}

/** Loads what the built-in agent's first worker takes, while there is nothing else to do. Never throws: its call meets the same. */
export async function loadFirstModel({ env }: Workspace, settings: RunSettings): Promise<void> {
  const [id] = settings.models.implement;
  if (settings.agents.implement !== apiAgent || settings.cassette !== null || id === undefined) return;
  await loadModel({ id, providers: settings.providers, env }).catch(() => {});
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
