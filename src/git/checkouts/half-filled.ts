import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { effectSync } from "../../sys/failpoint.ts";
import type { Checkout } from "../worktree.ts";

/**
 * Marks a checkout while its files are replaced. A mark that is found later is of a process that died at it: what differs from the
 * index there is nobody's work. Without waiting, as it takes less than the loop would to come back.
 */
export async function whileFilling<T>(checkout: Checkout, fill: () => Promise<T>): Promise<T> {
  const mark = markOf(checkout);
  effectSync("checkout.mark", () => writeFileSync(mark, ""));
  const filled = await fill();
  effectSync("checkout.mark", () => rmSync(mark, { force: true }));
  return filled;
}

/** Whether whoever filled it last died at it. */
export function isHalfFilled(checkout: Checkout): boolean {
  return existsSync(markOf(checkout));
}

function markOf({ gitDir }: Checkout): string {
  return join(gitDir, "agentx-filling");
}
