import { join } from "node:path";
import type { Agent } from "../agents/agent.ts";
import { agentNameFor } from "../core/agent-spec.ts";
import type { EventBody } from "../core/event.ts";
import { isAgentRules } from "../core/protected-paths.ts";
import { taskBranch, type TaskRecord } from "../core/run-state.ts";
import { changedFiles, diffBetween, readFileAt } from "../git/objects/read-files.ts";
import { overlayTree } from "../git/objects/overlay-tree.ts";
import { review } from "../stages/review/review.ts";
import { baseOf, flagChange } from "./flag-change.ts";
import { gateCommit } from "./perform-gates.ts";
import type { TaskWork } from "./perform-work.ts";
import { jobScope } from "./job-scope.ts";
import { isUnknownModel } from "../core/unknown-model.ts";
import { makeFolder } from "../sys/make-folder.ts";
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
  await makeFolder(scratch);
  // From the cache: the gates just ran on this very tree.
  const gates = await gateCommit(shop, { journal, context, commit, task: null });
  const base = baseOf(record, run);
  const flags = await flagChange(repo, { context, record, range: { from: base, to: commit } });
  const agent = await shop.crew.memberFor({ role: "review", task });
  using room = shop.reviewRooms.take();
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
      checkout: () =>
        checkoutFor(shop, {
          run: run.run,
          record,
          range: { from: base, to: commit },
          agent,
          room: room.number,
        }),
      diff: (range) => diffBetween(repo, range),
      changedFiles: (range) => changedFiles(repo, range),
      readFileAt: (file) => readFileAt(repo, file),
    },
  );
  if (reviewed.type === "unreachable")
    return [{ type: "attempt.failed", task: task.id, failure: reviewed.failure }];
  const { verdict, model } = reviewed;
  const isKnown = !isUnknownModel(model) && record.writer !== null && !isUnknownModel(record.writer);
  const sameModel = isKnown ? model === record.writer : null;
  const worker = agentNameFor(run.settings.agents, {
    role: record.role === "resolve" ? "resolve" : task.role,
    task,
  });
  const agents = { worker, reviewer: agent.name };
  return [{ type: "review.finished", task: task.id, commit, model, sameModel, agents, verdict }];
}

type Looked = {
  run: string;
  record: TaskRecord;
  range: { from: string; to: string };
  agent: Agent;
  /** Of the fresh checkout, should one be needed. */
  room: number;
};

/**
 * For the built-in agent the task's own worktree, where nobody works now; or a fresh one, should it be gone. Another
 * program takes for its rules what it finds in a folder, whoever wrote it: it gets a fresh one, without what the worker
 * left unsaid, and with the base's rules for agents.
 */
async function checkoutFor(
  { pool, workspace: { repo } }: Workshop,
  { run, record, range, agent, room }: Looked,
): Promise<{ path: string; gitDir: string; asBefore: string[] }> {
  const number = record.worktree ?? 0;
  const fresh = { name: `review-${room}`, commit: range.to };
  if (agent.needs.home) {
    const changes = await changedFiles(repo, range);
    const rules = changes.map(({ path }) => path).filter(isAgentRules);
    const files = await overlayTree(repo, { commit: range.to, base: range.from, paths: rules });
    const { path, gitDir } = await pool.leaseDetached({ ...fresh, files });
    return { path, gitDir, asBefore: rules };
  }
  const worktree = await pool.resume({ number, branch: taskBranch(run, record.task.id) });
  const { path, gitDir } = worktree ?? (await pool.leaseDetached(fresh));
  return { path, gitDir, asBefore: [] };
}
