import type { EscapeAttempt } from "../../core/escape-attempt.ts";
import { runBattery } from "../../sandbox/battery/run-battery.ts";
import { findSandbox } from "../../sandbox/find-sandbox.ts";
import { type Env, stateHome } from "../../sys/paths.ts";
import { requireWritable } from "../require-writable.ts";
import { readSandboxSettings } from "./sandbox-settings.ts";

/** From a sandbox as a run here would have it, where workers have theirs. @throws AgentxError CONFIG_INVALID, UNWRITABLE, SANDBOX_MISSING, SANDBOX_OPEN */
export async function tryToEscape(cwd: string, env: Env): Promise<EscapeAttempt[]> {
  const folder = stateHome(env, null);
  requireWritable(folder, "home");
  const provider = await findSandbox({
    env,
    unsafeNoSandbox: false,
    ...(await readSandboxSettings(cwd, env)),
  });
  const results = await runBattery({ provider, folder });
  return results.map(({ name, why, outcome }) => ({ name, why, outcome }));
}
