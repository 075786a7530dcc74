import { scopeOf, type WorkerResult } from "../../agents/agent.ts";
import { lodge, placesOf } from "../../agents/lodging.ts";
import { closeOpening, workIn } from "../../agents/work-in.ts";
import { endsRun } from "../../core/disk-error.ts";
import { AgentxError, formatProblem } from "../../core/error.ts";
import type { EventBody } from "../../core/event.ts";
import { isReadOnly } from "../../core/plan.ts";
import type { Worktree } from "../../git/worktree.ts";
import type { Sandbox, SandboxSpec } from "../../sandbox/sandbox.ts";
import { openWorktree } from "./open-worktree.ts";
import { snapshotParents } from "./snapshot-parents.ts";
import type { WorkJob, WorkPorts } from "./work-job.ts";
import { toolsFor } from "./tools-for.ts";

/** One attempt: a worktree, a sandbox, an agent, and a commit of what it left. What the agent says is a note, no result. */
export async function work(job: WorkJob, ports: WorkPorts): Promise<EventBody[]> {
  const task = job.task.id;
  let worktree: Worktree | null = null;
  try {
    job.onActivity("gets a worktree");
    worktree = await openWorktree(job, ports);
    await ports.setUp(worktree, job.signal);
    const result = await runAgent(job, { ports, worktree });
    if (result.type !== "finished" || isReadOnly(job.role)) return [outcomeOf(task, result)];
    return [await handOver(job, { ports, worktree, note: result.note })];
  } catch (error) {
    if (job.signal.aborted && worktree !== null) await keepUnfinished(job, { ports, worktree });
    job.signal.throwIfAborted();
    if (!(error instanceof AgentxError) || endsRun(error)) throw error;
    const [problem] = error.problems;
    const reason =
      error.problems.map((one) => formatProblem({ ...one, hint: "" })).join("; ") || error.message;
    // A tree that was refused is the worker's to mend; anything else needs the person.
    const kind = error.code === "TREE_REFUSED" ? "agent" : "setup";
    return [{ type: "attempt.failed", task, failure: { kind, reason, hint: problem?.hint ?? "" } }];
  }
}

type InWorktree = { ports: WorkPorts; worktree: Worktree };

async function runAgent(job: WorkJob, { ports, worktree }: InWorktree): Promise<WorkerResult> {
  const { settings, role, task, assignment } = job;
  const { system, prompt } = await ports.buildPrompt(job);
  const answer = assignment.type === "answer" ? assignment.text : null;
  await using lease = takeSandbox(job, { ports, worktree, waits: answer !== null });
  job.onActivity(ports.agent.needs.isProgram ? "runs its command" : "waits for the model");
  const result = await workIn(lease.opening, {
    agent: ports.agent,
    job: {
      ...scopeOf(job),
      ...placesOf(job.lodging),
      task: task.id,
      role,
      system,
      prompt,
      answer,
      session: job.session,
      tools: toolsFor(role),
      submit: null,
      conversation: job.conversation,
      models: job.models,
      limits: { ...settings.limits, usd: lowest(settings.limits.usd, job.usdLeft()) },
      takeNotes: job.takeNotes,
    },
  });
  if (result.type === "asked" && result.waitsMs !== undefined) await lease.park(result.waitsMs);
  return result;
}

type Lease = { opening: Promise<Sandbox>; park: (forMs: number | null) => Promise<void> } & AsyncDisposable;

/** The sandbox in which the worker waits for this answer, else a fresh one. */
function takeSandbox(job: WorkJob, { ports, worktree, waits }: InWorktree & { waits: boolean }): Lease {
  const task = job.task.id;
  if (!waits) ports.parking.drop(task);
  const parked = ports.parking.take(task);
  const opening = parked === null ? openSandbox(job, { ports, worktree }) : Promise.resolve(parked);
  let isParked = false;
  return {
    opening,
    park: async (forMs) => {
      const sandbox = await opening;
      isParked = true;
      ports.parking.keep(task, { sandbox, forMs });
    },
    [Symbol.asyncDispose]: async () => {
      if (!isParked) await closeOpening(opening);
    },
  };
}

async function openSandbox(job: WorkJob, { ports, worktree }: InWorktree): Promise<Sandbox> {
  const { settings, role, scratch, lodging } = job;
  // The worktree and its git folder may have been those of one that was dropped a moment ago.
  await ports.parking.settled();
  const spec: SandboxSpec = {
    root: worktree.path,
    writable: !isReadOnly(role),
    scratch,
    readOnly: settings.sandboxReadOnly,
    env: { CI: "1", NO_COLOR: "1", AGENTX_TASK: job.task.id, AGENTX_PORT_BASE: String(portBase(job)) },
    network: false,
    gitCommonDir: ports.gitCommonDir,
    gitDir: worktree.gitDir,
    gitScratch: isReadOnly(role) ? null : await ports.gitScratch(worktree),
  };
  return ports.sandboxes.open(lodge(spec, lodging));
}

/** Each worktree has a range of ports of its own, so that two workers' servers do not meet. */
function portBase({ settings, worktree }: WorkJob): number {
  return settings.portBase + (worktree - 1) * settings.portsPerWorktree;
}

function lowest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

function outcomeOf(task: string, result: WorkerResult): EventBody {
  switch (result.type) {
    case "finished":
      return { type: "task.done", task, note: result.note };
    case "asked": {
      const { text, options } = result;
      // The journal numbers it.
      return {
        type: "question.asked",
        question: { id: 0, kind: "worker", task, text, options, default: result.default },
      };
    }
    case "failed":
      return { type: "attempt.failed", task, failure: result.failure };
    case "submitted":
      throw new Error("a worker has nothing to submit");
  }
}

async function handOver(
  job: WorkJob,
  { ports, worktree, note }: InWorktree & { note: string },
): Promise<EventBody> {
  const message = `${job.task.title}\n\nAttempt ${job.attempt} at ${job.task.id}.\n`;
  const snapshot = await takeSnapshot(job, { ports, worktree, message });
  const { commit = null, files = [] } = snapshot ?? {};
  return { type: "worker.finished", task: job.task.id, commit, files, note };
}

/** A task that was canceled lets go of its worktree: its branch keeps what was written so far. */
async function keepUnfinished(job: WorkJob, { ports, worktree }: InWorktree): Promise<void> {
  if (isReadOnly(job.role)) return;
  const message = `${job.task.title}\n\nUnfinished: attempt ${job.attempt} at ${job.task.id} was stopped.\n`;
  try {
    await takeSnapshot(job, { ports, worktree, message });
  } catch (error) {
    // A tree that is refused stays in its folder, and goes to a rescue ref when that is used again.
    if (!(error instanceof AgentxError) || endsRun(error)) throw error;
  }
}

async function takeSnapshot(
  job: WorkJob,
  { ports, worktree, message }: InWorktree & { message: string },
): Promise<{ commit: string; files: string[] } | null> {
  const parents = await snapshotParents(job, ports.isAncestor);
  return ports.pool.snapshot(worktree, { message, parents, base: job.base, vet: ports.vet });
}
