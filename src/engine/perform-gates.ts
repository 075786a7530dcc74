import { join } from "node:path";
import type { GateSpec } from "../core/run-settings.ts";
import type { GateVerdict } from "../core/verdict.ts";
import { treeOf } from "../git/objects/tree-of.ts";
import type { Journal } from "../journal/journal.ts";
import { runGates, type VerdictCache } from "../stages/gate/run-gates.ts";
import type { PerformContext } from "./dispatcher.ts";
import { personProxy } from "./network-env.ts";
import { toolchainOf } from "./tools-id.ts";
import type { Workshop } from "./workshop.ts";

export type GateRequest = {
  journal: Journal;
  context: Pick<PerformContext, "onActivity" | "signal" | "state">;
  commit: string;
  /** Null for the baseline. */
  task: string | null;
  /** Runs gates that were red on this tree once more. */
  again?: boolean;
  /** Others than the run's. */
  gates?: GateSpec[];
};

/** Runs the run's gates on a commit, or remembers what they said of its tree. */
export async function gateCommit(shop: Workshop, request: GateRequest): Promise<GateVerdict[]> {
  const { journal, context, commit, task, again = false } = request;
  const { workspace, checkouts, sandboxes } = shop;
  const { settings, base, tip } = context.state();
  // Nobody has looked at what a task's own commit would have an install run.
  const isTrusted = commit === base.commit || commit === tip;
  const job = {
    commit,
    settings: { ...settings, gates: request.gates ?? settings.gates },
    onActivity: (text: string) => {
      if (task !== null) context.onActivity({ type: "worker.activity", task, text });
    },
    signal: context.signal,
  };
  const tree = await treeOf(workspace.repo, commit);
  // The same tree as a task's result and as what would land, at one moment, is one run of the gates.
  return shop.takeTurns(`gates ${tree}`, context.signal, () =>
    runGates(job, {
      checkouts,
      sandboxes,
      toolchain: `${toolchainOf(sandboxes, workspace.env)} ${settings.setup?.command ?? ""}`,
      cache: {
        find: again ? greenOnly(journal.cachedVerdict) : journal.cachedVerdict,
        store: journal.storeVerdict,
      },
      tree,
      setUp: (checkout, signal) => shop.setUp(checkout, { settings, signal, isTrusted }),
      personProxy: personProxy(workspace.env),
      logFolder: join(workspace.folder, "runs", context.state().run, "gates"),
    }),
  );
}

function greenOnly(find: VerdictCache["find"]): VerdictCache["find"] {
  return (key) => {
    const verdict = find(key);
    return verdict?.type === "passed" ? verdict : null;
  };
}
