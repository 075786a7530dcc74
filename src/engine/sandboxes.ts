import type { RunSettings } from "../core/run-settings.ts";
import type { BubblewrapProbe } from "../sandbox/bubblewrap/probe-bubblewrap.ts";
import { findSandbox } from "../sandbox/find-sandbox.ts";
import type { SandboxProvider } from "../sandbox/sandbox.ts";
import type { Env } from "../sys/paths.ts";

/**
 * No sandbox, no run.
 * @param bubblewrap where it was looked for already
 * @throws AgentxError SANDBOX_MISSING with the fix
 */
export function findSandboxFor(
  env: Env,
  { unsafeNoSandbox, sandbox, sandboxLimits }: RunSettings,
  bubblewrap: Promise<BubblewrapProbe> | null = null,
): Promise<SandboxProvider> {
  return findSandbox({ env, unsafeNoSandbox, choice: sandbox, limits: sandboxLimits, bubblewrap });
}
