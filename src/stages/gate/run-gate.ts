import { join } from "node:path";
import type { GateSpec, RunSettings } from "../../core/run-settings.ts";
import type { GateVerdict } from "../../core/verdict.ts";
import { countTests, endedUncounted, failedForWantOfTests, isTestGate } from "../../context/count-tests.ts";
import { missingTool, saysOnlyMissing } from "../../context/missing-tool.ts";
import { runsNothing } from "../../context/runs-nothing.ts";
import { usefulLines } from "../../context/useful-lines.ts";
import { egressOf } from "../../sandbox/egress/egress.ts";
import type { Sandbox, SandboxProvider, SandboxSpec } from "../../sandbox/sandbox.ts";
import type { GateCheckout } from "./checkout-pool.ts";

export type GateRun = {
  checkout: Pick<GateCheckout, "path" | "portBase">;
  sandboxes: SandboxProvider;
  settings: Pick<RunSettings, "sandboxReadOnly">;
  /** The person's proxy variables, for a gate with a network. */
  personProxy: Record<string, string>;
  /** Absolute path of the file that gets the whole output. */
  log: string;
  signal: AbortSignal;
};

export function gateLog(folder: string, { commit, gate }: { commit: string; gate: GateSpec }): string {
  return join(folder, `${commit.slice(0, 12)}-${gate.name.replace(/[^A-Za-z0-9_-]/g, "_")}.log`);
}

/** The walls around a gate: the checkout, no keys, and the network only where the gate asks for it. */
export function wallsOf(
  { name, network }: Pick<GateSpec, "name" | "network">,
  { checkout, settings, personProxy }: Pick<GateRun, "checkout" | "settings" | "personProxy">,
): SandboxSpec {
  return {
    root: checkout.path,
    writable: true,
    scratch: null,
    readOnly: settings.sandboxReadOnly,
    env: { CI: "1", NO_COLOR: "1", AGENTX_PORT_BASE: String(checkout.portBase) },
    network: egressOf(network, { setting: `gates.${name}.network`, personProxy }),
  };
}

export function runGate(gate: GateSpec, run: GateRun): Promise<GateVerdict> {
  return judge(gate, { ...run, exec: (request) => run.sandboxes.run(wallsOf(gate, run), request) });
}

/** What a gate says where `exec` runs it. */
export async function judge(
  gate: GateSpec,
  { exec, checkout, log, signal }: Pick<GateRun, "checkout" | "log" | "signal"> & { exec: Sandbox["exec"] },
): Promise<GateVerdict> {
  const { command, timeoutMs } = gate;
  const result = await exec({ command, timeoutMs, signal, log });
  signal.throwIfAborted();
  const facts = { gate: gate.name, command, ms: Math.round(result.ms), cached: false };
  // The folder is this checkout's alone: without it, paths mean the same to the worker, and places can be compared.
  const excerpt = usefulLines(result.output.replaceAll(`${checkout.path}/`, ""));
  if (result.type === "timed-out") {
    return {
      ...facts,
      type: "broken",
      reason: `no end after ${Math.round(timeoutMs / 1000)} s`,
      excerpt,
      log,
    };
  }
  if (result.type === "killed") return { ...facts, type: "broken", reason: result.reason, excerpt, log };
  const what = emptiness(gate, result);
  if (what !== null) return { ...facts, type: "empty", reason: what, excerpt, log };
  const missing = result.exitCode === 0 ? saysOnlyMissing(result.output) : missingTool(result.output);
  if (missing !== null) {
    const reason = `something is missing: ${JSON.stringify(missing)} (exit ${result.exitCode})`;
    return { ...facts, type: "broken", reason, excerpt, log };
  }
  if (result.exitCode === 0) {
    const tests = isTestGate(gate, result.output) ? countTests(result.output) : null;
    return { ...facts, type: "passed", ...(tests === null ? {} : { tests }) };
  }
  const unable = notRun.get(result.exitCode);
  if (unable !== undefined) {
    return { ...facts, type: "broken", reason: `${unable} (exit ${result.exitCode})`, excerpt, log };
  }
  return { ...facts, type: "failed", exitCode: result.exitCode, excerpt, log };
}

/** What a shell's exit codes say besides yes and no. */
const notRun: ReadonlyMap<number, string> = new Map([
  [126, "the command could not be run"],
  [127, "the command could not be run"],
  [128 + 9, "the command was killed"],
]);

/** Why a gate says nothing, or null: no test has run, or nothing at all, whatever its exit code. */
function emptiness(
  gate: GateSpec,
  { exitCode, output }: { exitCode: number; output: string },
): string | null {
  const nothing = exitCode === 0 ? runsNothing(gate.command, output) : null;
  if (nothing !== null) return `it runs nothing: ${nothing}`;
  if (!isTestGate(gate, output)) return null;
  if (exitCode === 0 && endedUncounted(gate, output))
    return `its runner ended without a word on any test (exit ${exitCode})`;
  const isEmpty = exitCode === 0 ? countTests(output) === 0 : failedForWantOfTests(output);
  return isEmpty ? `it ran no tests (exit ${exitCode})` : null;
}
