import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Delivery } from "../../core/event.ts";
import { operationIn } from "../inspect-repository.ts";
import { listWorktrees } from "../worktrees/list-worktrees.ts";
import { isAncestor } from "../objects/read-commits.ts";
import { readGit } from "../processes/read-git.ts";
import { compareAndSwapRef, readRef } from "../refs/refs.ts";
import type { Repository } from "../repository.ts";
import { runGit } from "../processes/run-git.ts";

type Handover = {
  /** The person's branch; null when they stood on none. */
  branch: string | null;
  /** Where the branch was when the run started, and the run's result. */
  from: string;
  to: string;
  /** The branch that holds `to`, e.g. `agentx/<run>/integration`. */
  remoteBranch: string;
  /** Paths that agentx itself changed in the person's checkout: the plan file, with its ticks. */
  ticked?: readonly string[];
};

/**
 * Fast-forwards the person's branch, and its checkout where it has one, if nothing of theirs is in the way;
 * else leaves everything as it is and says which one command takes the work. May be repeated.
 */
export async function deliver(repo: Repository, handover: Handover): Promise<Delivery> {
  const { branch, from, to, remoteBranch } = handover;
  if (from === to) return { type: "nothing" };
  if (branch === null) {
    return left(
      "HEAD is on no branch",
      `git switch -c ${remoteBranch.split("/").slice(0, 2).join("-")} ${remoteBranch}`,
    );
  }
  const ref = `refs/heads/${branch}`;
  const tip = await readRef(repo, ref);
  if (tip === null) return left(`the branch ${branch} is gone`, `git branch ${branch} ${remoteBranch}`);
  const done: Delivery = { type: "fast-forwarded", branch, commit: to };
  if (tip === to || (await isAncestor(repo, { ancestor: to, descendant: tip }))) return done;
  const checkouts = (await listWorktrees(repo)).filter((worktree) => worktree.branch === branch);
  const [checkout] = checkouts;
  const take =
    checkout === undefined
      ? `git switch ${branch} && git merge ${remoteBranch}`
      : mergeIn(repo, checkout.path, remoteBranch);
  if (tip !== from) return left(`${branch} has moved since the run started`, take);
  if (!(await isAncestor(repo, { ancestor: from, descendant: to })))
    return left(`the work does not start from ${branch}`, take);
  if (checkouts.length > 1) return left(`${branch} is checked out more than once`, take);
  const busy = await operationOn(repo, branch);
  if (busy !== null) return left(`a ${busy} of ${branch} is going on`, take);
  const obstacle =
    checkout === undefined
      ? await moveRef(repo, { ref, from, to })
      : await moveCheckout(checkout.path, handover);
  if (obstacle !== null) return left(obstacle, take);
  return (await readRef(repo, ref)) === to ? done : left(`${branch} moved meanwhile`, take);
}

function left(reason: string, command: string): Delivery {
  return { type: "left", reason, command };
}

function mergeIn(repo: Repository, path: string, remoteBranch: string): string {
  return path === repo.root ? `git merge ${remoteBranch}` : `git -C '${path}' merge ${remoteBranch}`;
}

async function moveRef(
  repo: Repository,
  swap: { ref: string; from: string; to: string },
): Promise<string | null> {
  return (await compareAndSwapRef(repo, swap)) ? null : "the branch moved meanwhile";
}

/** The person's own filters stay on here: without them their LFS files would become pointers. */
async function moveCheckout(path: string, { to, ticked = [] }: Handover): Promise<string | null> {
  const operation = operationIn(
    (await readGit(path, ["rev-parse", "--absolute-git-dir"])).replace(/\n$/, ""),
  );
  if (operation !== null) return `a ${operation} is going on in ${path}`;
  const args = ["status", "--porcelain", "-z", "--untracked-files=no", "--ignore-submodules=dirty"];
  // A ticked plan is no reason to leave the branch alone; should the merge touch it, git itself refuses.
  const changed = (await readGit(path, args)).split("\0").filter((entry) => entry !== "");
  if (changed.some((entry) => !ticked.includes(entry.slice(3)) || !entry.startsWith(" M "))) {
    return `${path} has uncommitted changes`;
  }
  // --no-overwrite-ignore: by default git replaces an ignored file, a person's .env say, without a word.
  const flags = ["--ff-only", "--quiet", "--no-overwrite-ignore", "--no-autostash", "--no-verify-signatures"];
  const exit = await runGit({ cwd: path }, ["merge", ...flags, to], { expect: "any" });
  return exit.exitCode === 0 ? null : mergeObstacle(exit.stderr);
}

function mergeObstacle(stderr: string): string {
  const files = stderr
    .split("\n")
    .filter((line) => line.startsWith("\t"))
    .map((line) => line.trim());
  if (stderr.includes("untracked working tree files"))
    return `files that git does not track are in the way: ${files.join(", ")}`;
  return stderr.trim().split("\n")[0] ?? "git merge failed";
}

/** A rebase detaches HEAD and sets its branch only at its end, where a branch that moved makes it fail; a bisect alike. */
async function operationOn(repo: Repository, branch: string): Promise<"rebase" | "bisect" | null> {
  const linked = await readdir(join(repo.commonDir, "worktrees")).catch(() => []);
  for (const gitDir of [repo.commonDir, ...linked.map((name) => join(repo.commonDir, "worktrees", name))]) {
    const heads = [join(gitDir, "rebase-merge", "head-name"), join(gitDir, "rebase-apply", "head-name")];
    for (const path of heads) if ((await readLine(path)) === `refs/heads/${branch}`) return "rebase";
    if ((await readLine(join(gitDir, "BISECT_START"))) === branch) return "bisect";
  }
  return null;
}

async function readLine(path: string): Promise<string> {
  return (await readFile(path, "utf8").catch(() => "")).trim();
}
