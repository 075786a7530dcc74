import { dirname } from "node:path";
import type { Delivery } from "../core/event.ts";
import { integrationBranch } from "../core/run-state.ts";
import { isBranchGone } from "../git/refs/is-branch-gone.ts";

/** Whether there is nothing left to take of what a run left on its integration branch: the branch was cleaned away since. */
export function isWorkTaken(
  folder: string,
  { run, delivery }: { run: string; delivery: Delivery | null },
): boolean {
  return delivery?.type === "left" && isBranchGone(dirname(folder), integrationBranch(run));
}
