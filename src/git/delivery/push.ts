import { AgentxError } from "../../core/error.ts";
import type { Repository } from "../repository.ts";
import { runGit } from "../processes/run-git.ts";

/** Long enough for a slow link, short enough for a password prompt that nobody sees. */
const pushTimeoutMs = 5 * 60_000;

/** Pushes a branch under its own name, never by force. @throws AgentxError PUSH_FAILED with the remote's words. */
export async function pushBranch(repo: Repository, to: { remote: string; branch: string }): Promise<void> {
  const ref = `refs/heads/${to.branch}`;
  const options = ["--quiet", "--no-signed", "--no-follow-tags", "--recurse-submodules=no"];
  const args = ["push", ...options, "--", to.remote, `${ref}:${ref}`];
  const exit = await runGit({ cwd: repo.root }, args, { expect: "any", timeoutMs: pushTimeoutMs });
  if (exit.exitCode === 0) return;
  throw new AgentxError("PUSH_FAILED", {
    where: `${to.remote}/${to.branch}`,
    what: exit.stderr.trim(),
    hint: `git push ${to.remote} ${to.branch}`,
  });
}

/** Where the person's branch is pushed: as configured, else the only remote, else `origin`; null without a remote. */
export async function defaultRemote(repo: Repository): Promise<string | null> {
  const remotes = lines((await runGit({ cwd: repo.root }, ["remote"])).stdout);
  if (remotes.length <= 1) return remotes[0] ?? null;
  const head = await runGit({ cwd: repo.root }, ["symbolic-ref", "--quiet", "--short", "HEAD"], {
    expect: [0, 1],
  });
  const branch = head.stdout.trim();
  const keys = ["remote.pushDefault", `branch.${branch}.remote`];
  for (const key of branch === "" ? keys.slice(0, 1) : [`branch.${branch}.pushRemote`, ...keys]) {
    const { stdout } = await runGit({ cwd: repo.root }, ["config", "--get", key], { expect: [0, 1] });
    if (remotes.includes(stdout.trim())) return stdout.trim();
  }
  return remotes.includes("origin") ? "origin" : null;
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
