import { sandboxHome } from "./bubblewrap/bubblewrap-args.ts";
import type { SandboxSpec } from "./sandbox.ts";

/**
 * The whole environment of the commands inside. Git refuses a repository of another owner, and inside, owners look different.
 * @param tools PATH, and what else the tools that are there need
 */
export function commandEnv(
  spec: SandboxSpec,
  tools: Record<string, string>,
  hasGit: boolean,
): Record<string, string> {
  const env: Record<string, string> = { HOME: sandboxHome, USER: "agent", ...tools, ...spec.env };
  if ((spec.home ?? null) !== null) env["HOME"] = sandboxHome;
  if (!hasGit) return env;
  const count = Number(spec.env["GIT_CONFIG_COUNT"] ?? 0);
  return {
    ...env,
    GIT_CONFIG_COUNT: String(count + 1),
    [`GIT_CONFIG_KEY_${count}`]: "safe.directory",
    [`GIT_CONFIG_VALUE_${count}`]: "*",
  };
}
