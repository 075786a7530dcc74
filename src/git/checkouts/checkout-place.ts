import { exactFiles } from "../processes/quiet-config.ts";
import type { GitPlace } from "../processes/run-git.ts";
import type { Checkout } from "../worktree.ts";

/** How git is told to work in a checkout. @param quiet from `quietConfig`. */
export function checkoutPlace(checkout: Checkout, quiet: readonly string[]): GitPlace & { workTree: string } {
  return {
    cwd: checkout.path,
    gitDir: checkout.gitDir,
    workTree: checkout.path,
    config: [...quiet, ...exactFiles],
  };
}
