import { AgentxError } from "../../core/error.ts";
import { gitFailure } from "../processes/git-failure.ts";
import { resolveCommit } from "../objects/read-commits.ts";
import { readGit } from "../processes/read-git.ts";
import type { Repository } from "../repository.ts";
import { runGit } from "../processes/run-git.ts";
import { type Swap, swapRef } from "./swap-ref.ts";

/** The commit that a full ref name points to, or null when there is no such ref. */
export function readRef(repo: Repository, ref: string): Promise<string | null> {
  return resolveCommit(repo, ref);
}

/**
 * Points `ref` (full name) at `to` if it still is at `from`; an empty `from` means that it must not exist.
 * @returns false when the ref was elsewhere.
 * @throws AgentxError BRANCH_IN_THE_WAY when another ref's name makes this one impossible; GIT_FAILED.
 */
export async function compareAndSwapRef(repo: Repository, swap: Swap): Promise<boolean> {
  if (await swapRef(repo, swap)) return true;
  // Once more, by a process of its own, for the reason; and the ref may be free by now.
  const args = ["update-ref", "--no-deref", "-m", "agentx", swap.ref, swap.to, swap.from];
  const exit = await runGit({ cwd: repo.commonDir }, args, { expect: "any" });
  if (exit.exitCode === 0) return true;
  refuseBlocked(swap.ref, exit.stderr);
  if ((await readRef(repo, swap.ref)) !== (swap.from === "" ? null : swap.from)) return false;
  throw gitFailure(args, exit);
}

/** Deletes a ref if it is at `from`. @returns false when it was elsewhere or gone. */
export async function deleteRef(repo: Repository, at: { ref: string; from: string }): Promise<boolean> {
  const args = ["update-ref", "--no-deref", "-d", at.ref, at.from];
  const { exitCode } = await runGit({ cwd: repo.commonDir }, args, { expect: "any" });
  return exitCode === 0;
}

/** The refs below a folder such as `refs/heads/agentx/`, or only those that `mergedInto` contains. */
export async function listRefs(
  repo: Repository,
  prefix: string,
  mergedInto?: string,
): Promise<{ ref: string; commit: string }[]> {
  const merged = mergedInto === undefined ? [] : [`--merged=${mergedInto}`];
  const args = ["for-each-ref", "--format=%(objectname) %(refname)", ...merged, prefix];
  const text = await readGit(repo.commonDir, args);
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const space = line.indexOf(" ");
      return { commit: line.slice(0, space), ref: line.slice(space + 1) };
    });
}

function refuseBlocked(ref: string, stderr: string): void {
  const blocker = /'([^']+)' exists; cannot create/.exec(stderr)?.[1];
  if (blocker === undefined) return;
  throw new AgentxError("BRANCH_IN_THE_WAY", {
    where: ref,
    what: `git can not have it beside ${blocker}`,
    hint: `git branch -m ${blocker.replace("refs/heads/", "")} <another name>`,
  });
}
