import { findFaults } from "../../context/faults/find-faults.ts";
import type { GateProof } from "../../core/gate-proof.ts";
import type { GateSpec } from "../../core/run-settings.ts";
import { type Plants, proveGate } from "../../stages/gate/prove-gate.ts";
import { repositoryView } from "../repository-view.ts";
import type { Workspace } from "../workspace.ts";
import { type Gating, openGates } from "./open-gates.ts";
import { runAll } from "./run-gates-alone.ts";

/** Plants a fault for each gate, in a checkout of agentx's own, and sees whether the gate refuses it. @throws AgentxError, see `openGates` */
export async function proveGates(
  workspace: Workspace,
  gating: Gating,
): Promise<{ commit: string; proofs: GateProof[] }> {
  using gates = await openGates(workspace, gating);
  const { commit, settings, ports } = gates;
  const job = { commit, settings, onActivity: gating.onActivity, signal: gating.signal };
  const { files, readAtBase } = await repositoryView(workspace.repo, commit);
  const before = await runAll(workspace, { job, ports });
  const proofs: GateProof[] = [];
  for (const [index, gate] of settings.gates.entries()) {
    // Where nothing could be installed there is one verdict, and it is every gate's.
    const said = before[index] ?? before[0];
    if (said === undefined) throw new Error(`the gate ${gate.name} has no verdict`);
    const own = gates.proofs[gate.name];
    const sorts = own === undefined ? await sortsFor(gate, { files, read: readAtBase }) : [ownSort(own)];
    proofs.push(...(await proveGate({ gate, before: said, job, ports }, sorts)));
  }
  return { commit, proofs };
}

async function sortsFor(gate: GateSpec, project: Parameters<typeof findFaults>[1]): Promise<Plants[]> {
  return (await findFaults(gate, project)).map(({ kind, faults }) => ({
    about: kind,
    plants: faults.map((fault) => ({ type: "fault", name: `a ${kind} in ${fault.path}`, fault })),
  }));
}

function ownSort(command: string): Plants {
  return { about: "prove", plants: [{ type: "command", name: `what \`${command}\` plants`, command }] };
}
