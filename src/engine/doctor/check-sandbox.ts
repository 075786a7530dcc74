import { AgentxError } from "../../core/error.ts";
import type { HealthRow } from "../../core/health.ts";
import { probeSandbox, type SandboxProbe, whyNot } from "../../sandbox/probe.ts";
import type { Env } from "../../sys/paths.ts";
import { checkDisk } from "./check-disk.ts";
import { checkLimits, checkOtherLimits } from "./check-limits.ts";
import { fail, ok } from "./row.ts";
import { readSandboxSettings, type SandboxSettings } from "./sandbox-settings.ts";

/** Which walls a run here would have, why, and what holds them to their limits. */
export async function checkSandbox(cwd: string, env: Env): Promise<HealthRow[]> {
  const settings = await settingsOrNull(cwd, env);
  // The row about the file says what is wrong with it.
  if (settings === null) return [fail("sandbox", "which one is said by agentx.yaml", "mend agentx.yaml")];
  const probe = await probeSandbox({ env, platform: process.platform, ...settings });
  if (probe.type !== "works") return [fail("sandbox", whyNot(probe), probe.hint)];
  const { name, version, file } = probe;
  const row = ok("sandbox", `${name} ${version} (${file}), ${reasonFor(probe, settings)}`);
  const limits = probe.kind === "bubblewrap" ? checkLimits() : checkOtherLimits(probe.name);
  return [row, limits, await checkDisk(cwd, settings.limits)];
}

function reasonFor(probe: Extract<SandboxProbe, { type: "works" }>, { choice }: SandboxSettings): string {
  const why = choice.use === null ? "what this system has" : "as sandbox.use says";
  if (probe.kind !== "container") return why;
  const { image, node } = probe.host;
  return `${why}, with the image ${image} and ${node === null ? "its own Node" : "agentx's Node"}`;
}

async function settingsOrNull(cwd: string, env: Env): Promise<SandboxSettings | null> {
  try {
    return await readSandboxSettings(cwd, env);
  } catch (error) {
    if (error instanceof AgentxError) return null;
    throw error;
  }
}
