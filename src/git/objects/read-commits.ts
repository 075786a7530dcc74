import { AgentxError } from "../../core/error.ts";
import { isNearAncestor } from "./near-ancestor.ts";
import { readGit } from "../processes/read-git.ts";
import { findObject } from "./read-objects.ts";
import type { Repository } from "../repository.ts";
import { runGit } from "../processes/run-git.ts";

export type Commit = {
  commit: string;
  author: { name: string; email: string };
  /** Commit time, milliseconds since 1970. */
  at: number;
  subject: string;
  /** The whole message, subject included. */
  message: string;
};

/** The full id of the commit that `rev` names, or null when it names none. */
export async function resolveCommit(repo: Repository, rev: string): Promise<string | null> {
  return (await findObject(repo, `${rev}^{commit}`))?.id ?? null;
}

/** Where two commits parted, or null when they have nothing in common. */
export async function mergeBase(
  repo: Repository,
  [one, other]: readonly [string, string],
): Promise<string | null> {
  const { exitCode, stdout } = await runGit({ cwd: repo.root }, ["merge-base", one, other], {
    expect: [0, 1],
  });
  return exitCode === 0 ? stdout.trim() : null;
}

/** A commit is its own ancestor. Of a near one no process is asked, and it is near in a run. */
export async function isAncestor(
  repo: Repository,
  range: { ancestor: string; descendant: string },
): Promise<boolean> {
  const near = await isNearAncestor(repo, range);
  if (near !== null) return near;
  const args = ["merge-base", "--is-ancestor", range.ancestor, range.descendant];
  const { exitCode } = await runGit({ cwd: repo.root }, args, { expect: [0, 1] });
  return exitCode === 0;
}

/** The first two parents of each merge that `to` has and `from` has not. */
export async function mergesIn(
  repo: Repository,
  { from, to }: { from: string; to: string },
): Promise<[string, string][]> {
  const args = ["rev-list", "--min-parents=2", "--parents", to, `^${from}`];
  const lines = (await readGit(repo.root, args)).split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const [, first = "", second = ""] = line.split(" ");
    return [first, second];
  });
}

/** The commits of `to` that `from` has not, newest first. */
export async function commitLog(
  repo: Repository,
  range: { from: string; to: string; max?: number },
): Promise<Commit[]> {
  for (const rev of [range.from, range.to]) refuseOption(rev);
  const text = await readGit(repo.root, [
    "log",
    "-z",
    "--encoding=UTF-8",
    "--no-show-signature",
    "--format=%H%x1f%an%x1f%ae%x1f%ct%x1f%s%x1f%B",
    ...(range.max === undefined ? [] : [`--max-count=${range.max}`]),
    `${range.from}..${range.to}`,
    "--",
  ]);
  return text
    .split("\0")
    .filter((record) => record !== "")
    .map(parseCommit);
}

function parseCommit(record: string): Commit {
  const [commit = "", name = "", email = "", seconds = "0", subject = "", ...message] = record.split("\x1f");
  const at = Number(seconds) * 1000;
  return { commit, author: { name, email }, at, subject, message: message.join("\x1f").trim() };
}

function refuseOption(rev: string): void {
  if (rev.startsWith("-"))
    throw new AgentxError("GIT_FAILED", { where: "git log", what: `"${rev}" is no commit`, hint: "" });
}
