import type { GateSpec } from "../../core/run-settings.ts";
import type { GateVerdict } from "../../core/verdict.ts";
import { treeOf } from "../../git/objects/tree-of.ts";
import type { ProofPorts } from "../../stages/gate/prove-gate.ts";
import { type GateJob, runGates } from "../../stages/gate/run-gates.ts";
import type { Workspace } from "../workspace.ts";
import { type Gating, openGates } from "./open-gates.ts";

/** A person who asks what the gates say wants them run: no verdict is taken from elsewhere, and none is kept. */
const noCache = { find: () => null, store: () => undefined };

/** What the gates say of a commit, as a run would hear it, outside of any run. @throws AgentxError, see `openGates` */
export async function runGatesAlone(
  workspace: Workspace,
  gating: Gating,
): Promise<{ commit: string; verdicts: GateVerdict[]; specs: GateSpec[] }> {
  using gates = await openGates(workspace, gating);
  const { commit, settings, ports } = gates;
  const job = { commit, settings, onActivity: gating.onActivity, signal: gating.signal };
  return { commit, verdicts: await runAll(workspace, { job, ports }), specs: settings.gates };
}

export async function runAll(
  { repo }: Workspace,
  { job, ports }: { job: GateJob; ports: ProofPorts },
): Promise<GateVerdict[]> {
  const tree = await treeOf(repo, job.commit);
  return runGates(job, { ...ports, toolchain: "", cache: noCache, tree });
}
