import type { Flag } from "./flag.ts";
import { isForeseen } from "./flag.ts";
import type { TaskRecord } from "./run-state.ts";

/**
 * The changed files that decide over the gates, and that neither the plan foresaw nor the person let through: a change
 * is not judged by its own version of them alone.
 */
export function ownChecks(
  flags: readonly Flag[],
  { task, allowed }: Pick<TaskRecord, "task" | "allowed">,
): Flag[] {
  return flags.filter(
    (flag) => flag.kind === "protected" && !allowed.includes(flag.id) && !isForeseen(task, flag.file),
  );
}
