import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { AgentxError } from "../../core/error.ts";
import type { GateSpec, RunSettings } from "../../core/run-settings.ts";
import { type GateVerdict, setUpGate } from "../../core/verdict.ts";
import { countTests, failedForWantOfTests, isTestGate } from "../../context/count-tests.ts";
import { missingTool, saysOnlyMissing } from "../../context/missing-tool.ts";
import { usefulLines } from "../../context/useful-lines.ts";
import { egressOf } from "../../sandbox/egress/egress.ts";
import type { Sandbox, SandboxProvider } from "../../sandbox/sandbox.ts";
import type { CheckoutPool, GateCheckout } from "./checkout-pool.ts";

/** What is remembered of a gate: the same tree is never tested twice. */
export type VerdictKey = { tree: string; command: string; toolchain: string };
export type VerdictCache = {
  find: (key: VerdictKey) => GateVerdict | null;
  store: (key: VerdictKey, verdict: GateVerdict) => void;
};

export type GatePorts = {
  checkouts: CheckoutPool;
  sandboxes: SandboxProvider;
  /** Names the tools that a verdict depends on. */
  toolchain: string;
  cache: VerdictCache;
  treeOf: (commit: string) => Promise<string>;
  setUp: (checkout: GateCheckout, signal: AbortSignal) => Promise<void>;
  /** The person's proxy variables, for gates with a network. */
  personProxy: Record<string, string>;
  /** Folder for whole outputs, one file a gate and commit. */
  logFolder: string;
};

export type GateJob = {
  commit: string;
  settings: RunSettings;
  onActivity: (text: string) => void;
  signal: AbortSignal;
};

/** One verdict for each gate, in order. A red gate does not stop the next: the worker gets all there is to mend. */
export async function runGates(job: GateJob, ports: GatePorts): Promise<GateVerdict[]> {
  const { gates } = job.settings;
  const tree = await ports.treeOf(job.commit);
  const keys = gates.map((gate) => keyOf(gate, { tree, toolchain: ports.toolchain }));
  const known = keys.map((key) => ports.cache.find(key));
  if (known.every((verdict) => verdict !== null)) {
    return known.map((verdict, index) => ({
      ...verdict,
      gate: gates[index]?.name ?? verdict.gate,
      cached: true,
    }));
  }
  await using checkout = await ports.checkouts.lease(job.commit, job.signal);
  job.onActivity("prepares a checkout for the gates");
  const unprepared = await prepare(checkout, job, ports);
  if (unprepared !== null) return [unprepared];
  await mkdir(ports.logFolder, { recursive: true });
  const verdicts: GateVerdict[] = [];
  for (const [index, gate] of gates.entries()) {
    const cached = known[index];
    if (cached) {
      verdicts.push({ ...cached, gate: gate.name, cached: true });
      continue;
    }
    job.onActivity(`gate ${gate.name}: ${gate.command}`);
    const verdict = await runGate(gate, { job, ports, checkout });
    const key = keys[index];
    if (key && verdict.type !== "broken") ports.cache.store(key, verdict);
    verdicts.push(verdict);
  }
  return verdicts;
}

/** What a gate may reach decides over its verdict too. */
function keyOf({ command, network }: GateSpec, { tree, toolchain }: Omit<VerdictKey, "command">): VerdictKey {
  return {
    tree,
    command,
    toolchain: network === false ? toolchain : `${toolchain} ${JSON.stringify(network)}`,
  };
}

/** A change that cannot be installed is as red as one that does not compile. */
async function prepare(checkout: GateCheckout, job: GateJob, ports: GatePorts): Promise<GateVerdict | null> {
  const began = performance.now();
  try {
    await ports.setUp(checkout, job.signal);
    return null;
  } catch (error) {
    if (!(error instanceof AgentxError) || error.code !== "SETUP_FAILED") throw error;
    const command = job.settings.setup?.command ?? "";
    const [what = ""] = error.problems.map((problem) => problem.what);
    const reason = what.split("\n", 1)[0] ?? what;
    const ms = Math.round(performance.now() - began);
    return { gate: setUpGate, command, ms, cached: false, type: "broken", reason, excerpt: what, log: "" };
  }
}

type GateRun = { job: GateJob; ports: GatePorts; checkout: GateCheckout };

async function runGate(gate: GateSpec, { job, ports, checkout }: GateRun): Promise<GateVerdict> {
  await using sandbox: Sandbox = await ports.sandboxes.open({
    root: checkout.path,
    writable: true,
    scratch: null,
    readOnly: job.settings.sandboxReadOnly,
    env: { CI: "1", NO_COLOR: "1", AGENTX_PORT_BASE: String(checkout.portBase) },
    network: egressOf(gate.network, {
      setting: `gates.${gate.name}.network`,
      personProxy: ports.personProxy,
    }),
  });
  const log = join(
    ports.logFolder,
    `${job.commit.slice(0, 12)}-${gate.name.replace(/[^A-Za-z0-9_-]/g, "_")}.log`,
  );
  const { command, timeoutMs } = gate;
  const result = await sandbox.exec({ command, timeoutMs, signal: job.signal, log });
  job.signal.throwIfAborted();
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
    const reason = `something is missing: ${missing} (exit ${result.exitCode})`;
    return { ...facts, type: "broken", reason, excerpt, log };
  }
  if (result.exitCode === 0) return { ...facts, type: "passed" };
  if (result.exitCode === 126 || result.exitCode === 127) {
    return {
      ...facts,
      type: "broken",
      reason: `the command could not be run (exit ${result.exitCode})`,
      excerpt,
      log,
    };
  }
  return { ...facts, type: "failed", exitCode: result.exitCode, excerpt, log };
}

/** Why a gate that is there to run tests says nothing, or null: no test has run, whatever its exit code. */
function emptiness(
  gate: GateSpec,
  { exitCode, output }: { exitCode: number; output: string },
): string | null {
  if (!isTestGate(gate, output)) return null;
  const isEmpty = exitCode === 0 ? countTests(output) === 0 : failedForWantOfTests(output);
  return isEmpty ? `it ran no tests (exit ${exitCode})` : null;
}
