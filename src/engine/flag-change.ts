import type { FileTexts } from "../context/flags/changed-file.ts";
import { findFlags } from "../context/flags/find-flags.ts";
import type { Flag } from "../core/flag.ts";
import type { TaskRecord } from "../core/run-state.ts";
import { changedFiles, diffBetween, readFileAt } from "../git/read-files.ts";
import type { Repository } from "../git/repository.ts";
import type { PerformContext } from "./dispatcher.ts";

/** What may weaken how a task's commit is judged. Journaled the first time: a review that begins again finds it there. */
export async function flagChange(
  repo: Repository,
  {
    context,
    record,
    range,
  }: { context: PerformContext; record: TaskRecord; range: { from: string; to: string } },
): Promise<Flag[]> {
  const { flagged, task } = record;
  if (flagged?.commit === range.to) return flagged.flags;
  const [diff, changed] = await Promise.all([diffBetween(repo, range), changedFiles(repo, range)]);
  const files: FileTexts[] = [];
  for (const { path } of changed) {
    const [before, after] = await Promise.all([
      readFileAt(repo, { commit: range.from, path }),
      readFileAt(repo, { commit: range.to, path }),
    ]);
    files.push({ path, before, after });
  }
  const flags = findFlags({ diff, files, gates: context.state().settings.gates });
  context.signal.throwIfAborted();
  if (flags.length > 0) context.record({ type: "change.flagged", task: task.id, commit: range.to, flags });
  return flags;
}
