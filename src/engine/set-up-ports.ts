import { join } from "node:path";
import type { SandboxProvider } from "../sandbox/sandbox.ts";
import type { SetUpPorts } from "../stages/setup/set-up.ts";
import { authorityEnv, personProxy } from "./network-env.ts";
import { personNpmrc, registryEnv } from "./registries.ts";
import { toolchainOf } from "./tools-id.ts";
import type { Workspace } from "./workspace.ts";

/** Below agentx's home for a repository: what set-ups have installed, once a lock file. */
export const installsFolder = "installs";

/** What a set-up needs of the person: where registries are and whom to believe, never a login. */
export async function setUpPorts(
  { home, env }: Pick<Workspace, "home" | "env">,
  sandboxes: SandboxProvider,
): Promise<SetUpPorts> {
  return {
    sandboxes,
    cacheHome: join(home, "setup-home"),
    installs: join(home, installsFolder),
    toolchain: toolchainOf(sandboxes, env),
    registryEnv: { ...registryEnv(env), ...authorityEnv(env) },
    npmrc: await personNpmrc(env),
    personProxy: personProxy(env),
  };
}
