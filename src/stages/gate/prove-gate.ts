import { readFile } from "node:fs/promises";
import { type Fault, namesFault } from "../../context/faults/fault.ts";
import type { GateProof, ProofOutcome } from "../../core/gate-proof.ts";
import type { GateSpec } from "../../core/run-settings.ts";
import type { GateVerdict } from "../../core/verdict.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { gateLog, judge, wallsOf } from "./run-gate.ts";
import { type GateJob, type GatePorts, prepareCheckout } from "./run-gates.ts";

export type ProofPorts = Omit<GatePorts, "cache" | "tree" | "toolchain">;

/** Faults of one sort, of which the gate has to refuse one. */
export type Plants = { about: string; plants: Plant[] };

/** `name` says what is planted. */
export type Plant = { name: string } & (
  | { type: "fault"; fault: Fault }
  /** The person's own: whatever it changes is the fault, so no name is looked for. */
  | { type: "command"; command: string }
);

/** `before` is what the gate says without any fault, in its place among the others. */
type Proving = { gate: GateSpec; before: GateVerdict; job: GateJob; ports: ProofPorts };

/** Whether a gate refuses what it is there to refuse. Each try has a checkout that is fresh, so nothing of one is in another. */
export async function proveGate(proving: Proving, sorts: readonly Plants[]): Promise<GateProof[]> {
  const { gate, before } = proving;
  const { name, command } = gate;
  if (before.type !== "passed") {
    const reason = before.type === "failed" ? `exit ${before.exitCode}` : before.reason;
    const outcome = { type: "red-before", reason } as const;
    return [{ gate: name, command, about: "", ms: before.ms, outcome }];
  }
  if (sorts.length === 0) {
    return [{ gate: name, command, about: "", ms: before.ms, outcome: { type: "no-fault" } }];
  }
  const proofs: GateProof[] = [];
  for (const sort of sorts) {
    const began = performance.now();
    const outcome = await proveSort(proving, sort);
    proofs.push({
      gate: name,
      command,
      about: sort.about,
      ms: Math.round(performance.now() - began),
      outcome,
    });
  }
  return proofs;
}

type Trying = Omit<Proving, "before"> & { first: readonly GateSpec[] };

/** Alone; or after the gates before it, where it shows that it needs what they leave behind. */
async function proveSort({ gate, job, ports }: Proving, sort: Plants): Promise<ProofOutcome> {
  const alone: Trying = { gate, job, ports, first: [] };
  const outcome = await tryAll(sort, alone);
  const first = job.settings.gates.slice(0, job.settings.gates.indexOf(gate));
  if (outcome.type !== "unnamed" || first.length === 0) return outcome;
  const { verdict } = await inFreshCheckout(alone, null);
  return verdict.type === "passed" ? outcome : tryAll(sort, { ...alone, first });
}

async function tryAll({ plants }: Plants, trying: Trying): Promise<ProofOutcome> {
  let unnamed: ProofOutcome | null = null;
  for (const plant of plants) {
    trying.job.onActivity(`gate ${trying.gate.name} with ${plant.name}`);
    const { verdict, planted } = await inFreshCheckout(trying, plant);
    if (planted !== null) return { type: "unplanted", reason: planted };
    if (verdict.type === "passed") continue;
    const fault = plant.name;
    if (verdict.type === "failed" && (await isNamed(plant, verdict.log))) return { type: "proven", fault };
    const reason = verdict.type === "failed" ? `exit ${verdict.exitCode}` : verdict.reason;
    unnamed ??= { type: "unnamed", fault, reason };
  }
  return unnamed ?? { type: "stayed-green", tried: plants.map(({ name }) => name) };
}

async function isNamed(plant: Plant, log: string): Promise<boolean> {
  return plant.type === "command" || namesFault(await readFile(log, "utf8"), plant.fault);
}

/** `planted` is why nothing was planted, or null. */
async function inFreshCheckout(
  { gate, job, ports, first }: Trying,
  plant: Plant | null,
): Promise<{ verdict: GateVerdict; planted: string | null }> {
  await using checkout = await ports.checkouts.lease(job.commit, job.signal);
  using _turn = await checkout.takeTurn(job.signal);
  const unprepared = await prepareCheckout(checkout, job, ports);
  if (unprepared !== null) return { verdict: unprepared, planted: null };
  const { settings, signal } = job;
  const { sandboxes, personProxy } = ports;
  const around = { checkout, sandboxes, settings, personProxy };
  for (const one of first) {
    const { command, timeoutMs } = one;
    await sandboxes.run(wallsOf(one, around), { command, timeoutMs, signal });
    await checkout.restore();
  }
  await using sandbox = await sandboxes.open(wallsOf(gate, around));
  const planted = plant === null ? null : await sow(plant, { sandbox, gate, signal });
  const log = gateLog(ports.logFolder, { commit: job.commit, gate });
  return { verdict: await judge(gate, { exec: sandbox.exec, checkout, log, signal }), planted };
}

type Sowing = { sandbox: Sandbox; gate: GateSpec; signal: AbortSignal };

async function sow(plant: Plant, { sandbox, gate, signal }: Sowing): Promise<string | null> {
  if (plant.type === "fault") {
    const { path, append } = plant.fault;
    const { text } = await sandbox.readFile(path);
    await sandbox.writeFile(path, text + append);
    return null;
  }
  const { command } = plant;
  const result = await sandbox.exec({ command, timeoutMs: gate.timeoutMs, signal });
  if (result.type === "exited" && result.exitCode === 0) return null;
  return `\`${command}\` failed (${result.type === "exited" ? `exit ${result.exitCode}` : result.type})`;
}
