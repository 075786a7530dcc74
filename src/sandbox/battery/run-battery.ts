import { randomBytes } from "node:crypto";
import type { EscapeOutcome } from "../../core/escape-attempt.ts";
import type { ExecResult, Sandbox, SandboxProvider, SandboxSpec } from "../sandbox.ts";
import { egressOf } from "../egress/egress.ts";
import { egressProbes } from "./egress-probes.ts";
import { fileProbes } from "./file-probes.ts";
import { kernelProbes } from "./kernel-probes.ts";
import { networkProbes } from "./network-probes.ts";
import { plant, type Planted } from "./plant.ts";
import type { EscapeProbe, ProbeResult, Targets } from "./probe.ts";
import { processProbes } from "./process-probes.ts";

export type BatteryOptions = {
  provider: SandboxProvider;
  /** Where workers' worktrees lie; the battery makes a folder in it and removes it. */
  folder: string;
  /** By which the sandbox with a way out finds a proxy where it has no walls; for tests. */
  personProxy?: Record<string, string>;
};

const probeTimeoutMs = 20_000;

/**
 * Tries to get out of a sandbox that is opened as a worker's is, and of one that may reach a single service, as a setup's or a
 * gate's may. One probe at a time, so that a service that was reached is
 * known to be reached by it. Throws AgentxError where no sandbox can be had.
 */
export async function runBattery({
  provider,
  folder,
  personProxy = {},
}: BatteryOptions): Promise<ProbeResult[]> {
  await using planted = await plant(folder, `canary${randomBytes(8).toString("hex")}`);
  await using sandbox = await provider.open(specOf(planted));
  const closed = await attemptAll(probesFor(planted.targets), { sandbox, hits: planted.hits });
  await using connected = await provider.open({
    ...specOf(planted),
    network: egressOf([`127.0.0.1:${planted.targets.listed}`], { setting: "", personProxy }),
  });
  const probes = egressProbes(planted.targets);
  return [...closed, ...(await attemptAll(probes, { sandbox: connected, hits: planted.hits }))];
}

type Place = { sandbox: Sandbox; hits: () => number };

async function attemptAll(probes: readonly EscapeProbe[], place: Place): Promise<ProbeResult[]> {
  const results: ProbeResult[] = [];
  for (const probe of probes) {
    const { name, why, idle } = probe;
    results.push({ name, why, idle, outcome: await attempt(probe, place) });
  }
  return results;
}

function probesFor(targets: Targets): EscapeProbe[] {
  return [
    ...fileProbes(targets),
    ...processProbes(targets),
    ...kernelProbes(targets),
    ...networkProbes(targets),
  ];
}

/** What a worker of the built-in agent gets: its worktree, a folder for spilled output, git to read, no network. */
function specOf({ targets, scratch, gitCommonDir }: Planted): SandboxSpec {
  return {
    root: targets.root,
    writable: true,
    scratch,
    readOnly: [],
    env: { CI: "1", NO_COLOR: "1", AGENTX_TASK: "battery" },
    network: false,
    gitCommonDir,
  };
}

async function attempt({ command }: EscapeProbe, { sandbox, hits }: Place): Promise<EscapeOutcome> {
  const before = hits();
  const result = await sandbox.exec({ command, timeoutMs: probeTimeoutMs });
  if (hits() > before) return { type: "reached", how: "a service of the machine was reached" };
  return outcomeOf(result);
}

const shownChars = 300;

function outcomeOf(result: ExecResult): EscapeOutcome {
  const said = result.output.trim().slice(-shownChars);
  if (result.type !== "exited") return { type: "unclear", reason: `${result.type}: ${said}` };
  if (result.exitCode === 0) return { type: "reached", how: said };
  if (result.exitCode === 1) return { type: "blocked" };
  if (result.exitCode === 3) return { type: "untried", reason: said };
  return { type: "unclear", reason: `exit code ${result.exitCode}: ${said}` };
}
