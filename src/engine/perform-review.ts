import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { EventBody } from "../core/event.ts";
import { taskBranch, type TaskRecord } from "../core/run-state.ts";
import { changedFiles, diffBetween, readFileAt } from "../git/read-files.ts";
import { review } from "../stages/review/review.ts";
import { baseOf, flagChange } from "./flag-change.ts";
import { gateCommit } from "./perform-gates.ts";
import type { TaskWork } from "./perform-work.ts";
import { jobScope } from "./job-scope.ts";
import { unpaused } from "../core/pause.ts";
import { modelsFor } from "../core/role-models.ts";
import { reviewersFor } from "./run-models.ts";
import type { Workshop } from "./workshop.ts";

/** The independent review of a task's commit. */
export async function performReview({
  shop,
  journal,
  context,
  record,
  commit,
}: TaskWork & { commit: string }): Promise<EventBody[]> {
  const { task } = record;
  const { repo, home } = shop.workspace;
  const run = context.state();
  const [first = ""] = modelsFor(run.settings, { role: task.role, task });
  const writer = record.writer ?? first;
  const scratch = join(home, "scratch", run.run, `${task.id}.review`);
  await mkdir(scratch, { recursive: true });
  // From the cache: the gates just ran on this very tree.
  const gates = await gateCommit(shop, { journal, context, commit, task: null });
  const base = baseOf(record, run);
  const flags = await flagChange(repo, { context, record, range: { from: base, to: commit } });
  const agent = await shop.crew.memberFor({ role: "review", task });
  const reviewed = await review(
    {
      ...jobScope(context, { task: task.id, role: "review", scratch }),
      lodging: await shop.lodgings.open(agent, join(run.run, task.id, "review")),
      task,
      attempt: record.attempts,
      commit,
      base,
      flags,
      note: record.note,
      gates,
      models: unpaused(run, reviewersFor(run.settings, writer)),
      settings: run.settings,
    },
    {
      agent,
      sandboxes: shop.sandboxes,
      gitCommonDir: repo.commonDir,
      checkout: () => checkoutFor(shop, { run: run.run, record, commit }),
      diff: (range) => diffBetween(repo, range),
      changedFiles: (range) => changedFiles(repo, range),
      readFileAt: (file) => readFileAt(repo, file),
    },
  );
  if (reviewed.type === "unreachable")
    return [{ type: "attempt.failed", task: task.id, failure: reviewed.failure }];
  const { verdict, model } = reviewed;
  return [{ type: "review.finished", task: task.id, commit, model, sameModel: model === writer, verdict }];
}

/** The task's own worktree, where nobody works now; or a fresh one, should it be gone. */
async function checkoutFor(
  { pool }: Workshop,
  { run, record, commit }: { run: string; record: TaskRecord; commit: string },
): Promise<{ path: string }> {
  const number = record.worktree ?? 0;
  const worktree = await pool.resume({ number, branch: taskBranch(run, record.task.id) });
  return worktree ?? pool.leaseDetached({ name: `review-${number}`, commit });
}
