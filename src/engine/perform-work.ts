import { join } from "node:path";
import { defaultBudget } from "../context/budget.ts";
import { buildContext } from "../context/build-context.ts";
import { renderAssignment } from "../context/feedback.ts";
import { workOf } from "../core/assignment.ts";
import type { EventBody } from "../core/event.ts";
import { unpaused } from "../core/pause.ts";
import { isReadOnly, type Role } from "../core/plan.ts";
import { type RunState, taskBranch, type TaskRecord } from "../core/run-state.ts";
import { copyIncluded } from "../git/worktrees/copy-included.ts";
import { mergeTrees } from "../git/delivery/merge-trees.ts";
import { isAncestor, mergeBase } from "../git/objects/read-commits.ts";
import { diffBetween } from "../git/objects/read-files.ts";
import { refuseSecrets } from "../git/snapshots/refuse-secrets.ts";
import type { Journal } from "../journal/journal.ts";
import { makeFolder } from "../sys/make-folder.ts";
import { removeTree } from "../sys/remove-tree.ts";
import type { Message } from "../models/model.ts";
import { attemptPrompt } from "../stages/work/attempt-prompt.ts";
import { work } from "../stages/work/work.ts";
import type { WorkJob } from "../stages/work/work-job.ts";
import type { PerformContext } from "./dispatcher.ts";
import { repositoryView } from "./repository-view.ts";
import { jobScope } from "./job-scope.ts";
import { modelsFor } from "../core/role-models.ts";
import type { Workshop } from "./workshop.ts";
import { effect } from "../sys/failpoint.ts";

export type TaskWork = { shop: Workshop; journal: Journal; context: PerformContext; record: TaskRecord };

/** One attempt at a task, with its conversation and notes taken from the journal. */
export async function performWork({ shop, journal, context, record }: TaskWork): Promise<EventBody[]> {
  const { task, state } = record;
  const { repo, home, secrets } = shop.workspace;
  const run = context.state();
  if (state.type !== "working" || record.worktree === null) return [];
  const scratch = join(home, "scratch", run.run, task.id);
  await makeFolder(scratch);
  const role: Role = record.role === "resolve" ? "resolve" : task.role;
  const agent = await shop.crew.memberFor({ role, task });
  const { session, thread } = record;
  const job: WorkJob = {
    ...jobScope(context, { task: task.id, role, scratch }),
    task,
    role,
    attempt: record.attempts,
    assignment: state.assignment,
    branch: taskBranch(run.run, task.id),
    worktree: record.worktree,
    base: record.base ?? run.tip,
    head: record.head,
    settings: run.settings,
    models: unpaused(run, modelsFor(run.settings, { role, task })),
    conversation: journal.conversation<Message>({ run: run.run, task: task.id, thread }),
    session: session?.agent === agent.name && session.thread === thread ? session.id : null,
    lodging: await shop.lodgings.open(agent, join(run.run, task.id, String(thread))),
    takeNotes: () => takeNotes(context, task.id),
  };
  return work(job, {
    agent,
    pool: shop.pool,
    sandboxes: shop.sandboxes,
    parking: shop.parking,
    gitCommonDir: repo.commonDir,
    gitScratch: ({ number }) => emptyFolder(join(home, "gits", String(number))),
    mergeTrees: (sides) => mergeTrees(repo, sides),
    isAncestor: (pair) => isAncestor(repo, pair),
    copyIncluded: (worktree) => (isReadOnly(role) ? Promise.resolve() : copyIncluded({ repo, worktree })),
    setUp: (worktree, signal) =>
      isReadOnly(role)
        ? Promise.resolve()
        : shop.setUp(worktree, { settings: run.settings, signal, isTrusted: false }),
    vet: (range) => refuseSecrets(repo, range, { secrets, allow: run.settings.secretsAllow }),
    buildPrompt: (one) => buildPrompt(one, { shop, run }),
  });
}

/** What an attempt did in its git folder ends with it: what counts is the files. */
async function emptyFolder(folder: string): Promise<string> {
  await removeTree(folder);
  await effect("lodging.make", () => makeFolder(folder, 0o700));
  return folder;
}

/** Each note is journaled as delivered before the worker sees it: it is given once. */
function takeNotes(context: PerformContext, task: string): string[] {
  const notes = context.state().tasks.get(task)?.pendingNotes ?? [];
  for (const text of notes) context.record({ type: "note.delivered", task, text });
  return [...notes];
}

async function buildPrompt(
  job: WorkJob,
  { shop, run }: { shop: Workshop; run: RunState },
): Promise<{ system: string; prompt: string }> {
  const { repo } = shop.workspace;
  const { system, prompt } = await buildContext({
    ...(await repositoryView(repo, job.base)),
    task: job.task,
    plan: run.plan,
    role: job.role,
    attempt: job.attempt,
    notes: job.task.needs.flatMap((need) => {
      const note = run.tasks.get(need)?.note ?? "";
      return note === "" ? [] : [{ task: need, note }];
    }),
    gates: run.settings.gates,
    budget: defaultBudget,
  });
  const news = renderAssignment(job.assignment, {
    attempt: job.attempt,
    readableLog: () => null,
    sides: await sidesOf(job, shop),
  });
  return { system, prompt: attemptPrompt({ context: prompt, news, messages: job.conversation.messages() }) };
}

/** What each side of a conflict changed since they parted. */
async function sidesOf(
  job: WorkJob,
  { workspace: { repo } }: Workshop,
): Promise<{ ours: string; theirs: string } | null> {
  const assignment = workOf(job.assignment);
  if (assignment.type !== "conflict" || job.head === null) return null;
  const { onto, files } = assignment;
  const from = await mergeBase(repo, [job.head, onto]);
  if (from === null) return null;
  const [ours, theirs] = await Promise.all([
    diffBetween(repo, { from, to: job.head, paths: files }),
    diffBetween(repo, { from, to: onto, paths: files }),
  ]);
  return { ours, theirs };
}
