import {
  hasEnded,
  integrationBranch,
  type RunState,
  type TaskState,
  taskBranch,
} from "../../core/run-state.ts";
import type { SeenHead, SeenRun } from "../../core/repair/seen.ts";
import { commitLog, isAncestor, resolveCommit } from "../../git/objects/read-commits.ts";
import { readRef } from "../../git/refs/refs.ts";
import type { Repository } from "../../git/repository.ts";

/** What git has of a run, beside what the journal has. */
export async function seeRun(repo: Repository, state: RunState): Promise<SeenRun> {
  const { run, tip } = state;
  const branch = integrationBranch(run);
  const at = await readRef(repo, `refs/heads/${branch}`);
  const hasTip = (await resolveCommit(repo, tip)) !== null;
  const both = hasTip && at !== null ? { tip, at } : null;
  const contains = async (descendant: string, ancestor: string): Promise<boolean> =>
    both !== null && (await isAncestor(repo, { ancestor, descendant }));
  const atContainsTip = await contains(at ?? "", tip);
  const records = [...state.tasks.values()];
  return {
    run,
    branch,
    tip,
    hasTip,
    at,
    atContainsTip,
    tipContainsAt: await contains(tip, at ?? ""),
    ahead: atContainsTip && at !== null ? await commitsOf(repo, { run, from: tip, to: at }) : [],
    heads: await headsOf(repo, state),
    unmerged: records.filter((record) => record.state.type !== "merged").map(({ task }) => task.id),
  };
}

async function commitsOf(
  repo: Repository,
  { run, from, to }: { run: string; from: string; to: string },
): Promise<SeenRun["ahead"]> {
  const log = await commitLog(repo, { from, to });
  return log.toReversed().map(({ commit, message }) => ({
    commit,
    task: trailer(message, "Agentx-Run") === run ? trailer(message, "Agentx-Task") : null,
  }));
}

function trailer(message: string, name: string): string | null {
  const line = message.split("\n").findLast((each) => each.startsWith(`${name}: `));
  return line?.slice(name.length + 2).trim() ?? null;
}

async function headsOf(repo: Repository, { run, tasks }: RunState): Promise<SeenHead[]> {
  const heads: SeenHead[] = [];
  for (const { task, head, state } of tasks.values()) {
    if (head === null || hasEnded(state)) continue;
    const branch = taskBranch(run, task.id);
    heads.push({
      task: task.id,
      branch,
      commit: head,
      isNeeded: isWaiting(state),
      isThere: (await resolveCommit(repo, head)) !== null,
      hasBranch: (await readRef(repo, `refs/heads/${branch}`)) !== null,
    });
  }
  return heads;
}

function isWaiting({ type }: TaskState): boolean {
  return ["gating", "reviewing", "held", "queued", "merging"].includes(type);
}
