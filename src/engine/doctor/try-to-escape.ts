import type { EscapeAttempt } from "../../core/escape-attempt.ts";
import { defaults } from "../../config/settings.ts";
import { runBattery } from "../../sandbox/battery/run-battery.ts";
import { findSandbox } from "../../sandbox/find-sandbox.ts";
import { type Env, stateHome } from "../../sys/paths.ts";

/** From a sandbox of this machine, where workers have theirs. @throws AgentxError SANDBOX_MISSING, SANDBOX_OPEN */
export async function tryToEscape(env: Env): Promise<EscapeAttempt[]> {
  const limits = defaults.sandboxLimits;
  const provider = await findSandbox({ env, unsafeNoSandbox: false, limits });
  const results = await runBattery({ provider, folder: stateHome(env, null) });
  return results.map(({ name, why, outcome }) => ({ name, why, outcome }));
}
