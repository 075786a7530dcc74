import { rm } from "node:fs/promises";
import type { EventBody } from "../../core/event.ts";
import type { Repair } from "../../core/repair/repair.ts";
import { isAncestor } from "../../git/objects/read-commits.ts";
import { compareAndSwapRef, deleteRef, readRef } from "../../git/refs/refs.ts";
import { saveRescue } from "../../git/refs/rescue.ts";
import { createWorktreePool } from "../../git/worktrees/worktree-pool.ts";
import { openJournal } from "../../journal/journal.ts";
import { restoreJournal } from "../../journal/salvage/restore-journal.ts";
import { removeTree } from "../../sys/remove-tree.ts";
import type { Workspace } from "../workspace.ts";
import { endProcess } from "./end-process.ts";

/**
 * Does one repair. May be repeated, and does nothing where things have changed meanwhile. Only for who holds the
 * dispatcher's lock. @returns what else there is to say, such as where something was kept, or an empty text.
 */
export async function mend(workspace: Workspace, repair: Repair, now: number): Promise<string> {
  const { repo, home, folder } = workspace;
  switch (repair.type) {
    case "restoreJournal":
      return `the damaged files are in ${restoreJournal(folder, now)}`;
    case "endProcess":
      return (await endProcess(repair)) ? "" : "it had ended";
    case "removeLock":
      await rm(repair.path, { force: true });
      return "";
    case "placeBranch":
      return place(workspace, repair, now);
    case "recordMerges": {
      const events = repair.merges.map(
        ({ task, commit }) => ({ type: "task.merged", task, commit }) as const,
      );
      return append(workspace, { run: repair.run, events, now });
    }
    case "workAgain": {
      const reason = `its commit ${repair.commit} is gone from git`;
      const failure = { kind: "agent", reason, hint: "" } as const;
      const event = { type: "attempt.failed", task: repair.task, failure } as const;
      return append(workspace, { run: repair.run, events: [event], now });
    }
    case "removeWorktree":
      return rescuedAs(await createWorktreePool({ repo, home, now: () => now }).remove(repair.number));
    case "forgetWorktrees":
      await createWorktreePool({ repo, home }).prune();
      return "";
    case "deleteBranch": {
      const { branch, commit, isMerged } = repair;
      const rescue = isMerged ? null : await saveRescue(repo, { commit, name: branch, at: now });
      const isDeleted = await deleteRef(repo, { ref: `refs/heads/${branch}`, from: commit });
      return isDeleted ? rescuedAs(rescue) : "it moved just now, and stays";
    }
    case "removeFolder":
      await removeTree(repair.path);
      return "";
  }
}

type Placing = Repair & { type: "placeBranch" };

async function place({ repo }: Workspace, { branch, commit, from }: Placing, now: number): Promise<string> {
  const ref = `refs/heads/${branch}`;
  const isPart = from === null || (await isAncestor(repo, { ancestor: from, descendant: commit }));
  const rescue = isPart ? null : await saveRescue(repo, { commit: from, name: branch, at: now });
  const isPlaced = await compareAndSwapRef(repo, { ref, to: commit, from: from ?? "" });
  return isPlaced || (await readRef(repo, ref)) === commit
    ? rescuedAs(rescue)
    : "it moved just now, and stays";
}

type Appending = { run: string; events: EventBody[]; now: number };

function append({ folder, secrets }: Workspace, { run, events, now }: Appending): string {
  using journal = openJournal({ folder, secrets });
  journal.appendAll({ run, at: now, events });
  return "";
}

function rescuedAs(ref: string | null): string {
  return ref === null ? "" : `kept as ${ref}`;
}
