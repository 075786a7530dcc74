import { join } from "node:path";
import type { GateVerdict } from "../core/verdict.ts";
import { treeOf } from "../git/read-commits.ts";
import type { Journal } from "../journal/journal.ts";
import { runGates } from "../stages/gate/run-gates.ts";
import type { PerformContext } from "./dispatcher.ts";
import { personProxy } from "./network-env.ts";
import { toolsId } from "./tools-id.ts";
import type { Workshop } from "./workshop.ts";

export type GateRequest = {
  journal: Journal;
  context: Pick<PerformContext, "onActivity" | "signal" | "state">;
  commit: string;
  /** Null for the baseline. */
  task: string | null;
};

/** Runs the run's gates on a commit, or remembers what they said of its tree. */
export async function gateCommit(shop: Workshop, request: GateRequest): Promise<GateVerdict[]> {
  const { journal, context, commit, task } = request;
  const { workspace, checkouts, sandboxes } = shop;
  const { settings } = context.state();
  const job = {
    commit,
    settings,
    onActivity: (text: string) => {
      if (task !== null) context.onActivity({ type: "worker.activity", task, text });
    },
    signal: context.signal,
  };
  return runGates(job, {
    checkouts,
    sandboxes,
    toolchain: `${sandboxes.name} ${toolsId(workspace.env["PATH"] ?? "")}`,
    cache: { find: journal.cachedVerdict, store: journal.storeVerdict },
    treeOf: (name) => treeOf(workspace.repo, name),
    setUp: (checkout, signal) => shop.setUp(checkout, { settings, signal }),
    personProxy: personProxy(workspace.env),
    logFolder: join(workspace.folder, "runs", context.state().run, "gates"),
  });
}
