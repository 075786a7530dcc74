import type { FileTexts } from "../context/flags/changed-file.ts";
import { findFlags } from "../context/flags/find-flags.ts";
import type { Flag } from "../core/flag.ts";
import type { GateSpec } from "../core/run-settings.ts";
import type { RunState, TaskRecord } from "../core/run-state.ts";
import { changedFiles, diffBetween, readFilesAt } from "../git/objects/read-files.ts";
import type { Repository } from "../git/repository.ts";
import type { PerformContext } from "./dispatcher.ts";
import { readResolutions } from "./read-resolutions.ts";

type Range = { from: string; to: string };

/** What may weaken how a task's commit is judged. Journaled the first time: a review that begins again finds it there. */
export async function flagChange(
  repo: Repository,
  { context, record, range }: { context: PerformContext; record: TaskRecord; range: Range },
): Promise<Flag[]> {
  const { flagged, task } = record;
  if (flagged?.commit === range.to) return flagged.flags;
  const flags = await findChangeFlags(repo, { gates: context.state().settings.gates, range, record });
  context.signal.throwIfAborted();
  if (flags.length > 0) context.record({ type: "change.flagged", task: task.id, commit: range.to, flags });
  return flags;
}

export async function findChangeFlags(
  repo: Repository,
  { gates, range, record }: { gates: readonly GateSpec[]; range: Range; record: Pick<TaskRecord, "role"> },
): Promise<Flag[]> {
  const [diff, changed, resolutions] = await Promise.all([
    diffBetween(repo, range),
    changedFiles(repo, range),
    record.role === "resolve" ? readResolutions(repo, range) : [],
  ]);
  const texts = await readFilesAt(
    repo,
    [range.from, range.to].flatMap((commit) => changed.map(({ path }) => ({ commit, path }))),
  );
  const files = changed.map(({ path }, at): FileTexts => {
    const [before = null, after = null] = [texts[at], texts[changed.length + at]];
    return { path, before, after };
  });
  return findFlags({ diff, files, gates, resolutions });
}

/**
 * What a task's change is compared with: the integration branch as it was when the task began, or as it is merged onto.
 * What the person let through in earlier tasks of the run is in it, and no unmerged work of any worker.
 */
export function baseOf({ base }: TaskRecord, run: RunState): string {
  return base ?? run.base.commit;
}
