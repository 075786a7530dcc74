import { loadConfig } from "../../config/load.ts";
import { defaults } from "../../config/settings.ts";
import { AgentxError } from "../../core/error.ts";
import { platformsSandbox, type SandboxChoice, type SandboxLimits } from "../../core/run-settings.ts";
import type { Env } from "../../sys/paths.ts";
import { readConfigFile } from "../prepare.ts";
import { openWorkspace, type Workspace } from "../workspace.ts";

export type SandboxSettings = { choice: SandboxChoice; limits: SandboxLimits };

const withoutConfig: SandboxSettings = { choice: platformsSandbox, limits: defaults.sandboxLimits };

/** As a run here would have them; outside of a repository, as nothing says otherwise. @throws AgentxError CONFIG_INVALID */
export async function readSandboxSettings(cwd: string, env: Env): Promise<SandboxSettings> {
  let workspace: Workspace;
  try {
    workspace = await openWorkspace(cwd, env);
  } catch (error) {
    if (error instanceof AgentxError) return withoutConfig;
    throw error;
  }
  const { sandboxUse, sandboxImage, sandboxLimits } = loadConfig(await readConfigFile(workspace));
  return {
    choice: { use: sandboxUse, image: sandboxImage },
    limits: { ...defaults.sandboxLimits, ...sandboxLimits },
  };
}
