import { mkdir } from "node:fs/promises";
import { AgentxError } from "../../core/error.ts";
import type { GateSpec, RunSettings } from "../../core/run-settings.ts";
import { type GateVerdict, setUpGate } from "../../core/verdict.ts";
import type { SandboxProvider } from "../../sandbox/sandbox.ts";
import type { CheckoutPool, GateCheckout } from "./checkout-pool.ts";
import { askAgain } from "./ask-again.ts";
import { gateLog, runGate } from "./run-gate.ts";

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
  /** The commit's, which is what verdicts are about. */
  tree: string;
  setUp: (checkout: GateCheckout, signal: AbortSignal) => Promise<void>;
  /** The person's proxy variables, for gates with a network. */
  personProxy: Record<string, string>;
  /** Folder for whole outputs, one file a gate and commit. */
  logFolder: string;
};

/** What of a run's settings its gates depend on. */
export type GateSettings = Pick<RunSettings, "gates" | "setup" | "sandboxReadOnly">;

export type GateJob = {
  commit: string;
  settings: GateSettings;
  onActivity: (text: string) => void;
  signal: AbortSignal;
};

/** One verdict for each gate, in order. A red gate does not stop the next: the worker gets all there is to mend. */
export async function runGates(job: GateJob, ports: GatePorts): Promise<GateVerdict[]> {
  const { gates } = job.settings;
  const keys = gates.map((gate) => keyOf(gate, ports));
  const known = keys.map((key) => ports.cache.find(key));
  if (known.every((verdict) => verdict !== null)) {
    return known.map((verdict, index) => ({
      ...verdict,
      gate: gates[index]?.name ?? verdict.gate,
      cached: true,
    }));
  }
  await using checkout = await ports.checkouts.lease(job.commit, job.signal);
  using _turn = await checkout.takeTurn(job.signal);
  job.onActivity("prepares a checkout for the gates");
  const unprepared = await prepareCheckout(checkout, job, ports);
  if (unprepared !== null) return [unprepared];
  await mkdir(ports.logFolder, { recursive: true });
  const verdicts: GateVerdict[] = [];
  let isUsed = false;
  for (const [index, gate] of gates.entries()) {
    // Asked again: an earlier gate of this very list may have the same command.
    const key = keys[index];
    const cached = known[index] ?? (key && ports.cache.find(key));
    if (cached) {
      verdicts.push({ ...cached, gate: gate.name, cached: true });
      continue;
    }
    job.onActivity(`gate ${gate.name}: ${gate.command}`);
    const ask = async (): Promise<GateVerdict> => {
      // A gate runs the change's own code, which must not prepare the ground for the next, installed tools included.
      const unready = isUsed ? await refresh(gate, checkout, { job, ports }) : null;
      if (unready !== null) return unready;
      isUsed = true;
      return runGate(gate, {
        checkout,
        sandboxes: ports.sandboxes,
        settings: job.settings,
        personProxy: ports.personProxy,
        log: gateLog(ports.logFolder, { commit: job.commit, gate }),
        signal: job.signal,
      });
    };
    const verdict = await askAgain(ask, {
      lost: (reason) => brokenBy(reason, gate),
      onActivity: (text) => job.onActivity(`gate ${gate.name} ${text}`),
    });
    if (key && verdict.type !== "broken") ports.cache.store(key, verdict);
    verdicts.push(verdict);
  }
  return verdicts;
}

/** What a gate may reach decides over its verdict too. */
function keyOf(
  { command, network }: GateSpec,
  { tree, toolchain }: Pick<GatePorts, "tree" | "toolchain">,
): VerdictKey {
  return {
    tree,
    command,
    toolchain: network === false ? toolchain : `${toolchain} ${JSON.stringify(network)}`,
  };
}

/** Why the gate cannot begin in a checkout that another has used, or null. */
async function refresh(
  gate: GateSpec,
  checkout: GateCheckout,
  { job, ports }: { job: GateJob; ports: GatePorts },
): Promise<GateVerdict | null> {
  const spoilt = await restore(checkout);
  if (spoilt !== null) return brokenBy(spoilt, gate);
  const uninstalled = await prepareCheckout(checkout, job, ports);
  return uninstalled === null ? null : { ...uninstalled, gate: gate.name, command: gate.command };
}

function brokenBy(reason: string, { name, command }: GateSpec): GateVerdict {
  return { gate: name, command, ms: 0, cached: false, type: "broken", reason, excerpt: "", log: "" };
}

/** Why the commit's files could not be put back, or null: what a gate leaves behind must not end the run. */
async function restore(checkout: GateCheckout): Promise<string | null> {
  try {
    await checkout.restore();
    return null;
  } catch (error) {
    if (!(error instanceof AgentxError) || error.code !== "GIT_FAILED") throw error;
    return "what an earlier gate did to the checkout could not be undone";
  }
}

/** A change that cannot be installed is as red as one that does not compile. */
export async function prepareCheckout(
  checkout: GateCheckout,
  job: Pick<GateJob, "settings" | "signal" | "onActivity">,
  ports: Pick<GatePorts, "setUp">,
): Promise<GateVerdict | null> {
  const began = performance.now();
  const broken = (what: string): GateVerdict => {
    const command = job.settings.setup?.command ?? "";
    const reason = what.split("\n", 1)[0] ?? what;
    const ms = Math.round(performance.now() - began);
    return { gate: setUpGate, command, ms, cached: false, type: "broken", reason, excerpt: what, log: "" };
  };
  const install = async (): Promise<GateVerdict | null> => {
    await ports.setUp(checkout, job.signal);
    return null;
  };
  try {
    return await askAgain(install, {
      lost: broken,
      onActivity: (text) => job.onActivity(`the setup ${text}`),
    });
  } catch (error) {
    if (!(error instanceof AgentxError) || error.code !== "SETUP_FAILED") throw error;
    const [what = ""] = error.problems.map((problem) => problem.what);
    return broken(what);
  }
}
