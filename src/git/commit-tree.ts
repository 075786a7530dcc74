import type { Repository } from "./repository.ts";
import { runGit } from "./run-git.ts";
import { gitFailure } from "./git-failure.ts";

export type NewCommit = {
  tree: string;
  parents: readonly string[];
  message: string;
  /** The committer is always the person, or agentx where no identity is configured. */
  author?: { name: string; email: string };
};

const agentx = { name: "agentx", email: "agentx@localhost" };

/** Writes a commit and gives its id. No ref moves, nothing is signed, no hook runs. */
export async function commitTree(repo: Repository, commit: NewCommit): Promise<string> {
  const place = { cwd: repo.root, config: ["user.useConfigOnly=true"] };
  const args = ["commit-tree", "-F", "-", ...commit.parents.flatMap((parent) => ["-p", parent]), commit.tree];
  const input = commit.message.replaceAll("\0", "");
  const author = identityEnv("AUTHOR", commit.author);
  const asPerson = await runGit(place, args, { input, env: author, expect: "any" });
  if (asPerson.exitCode === 0) return asPerson.stdout.trim();
  if (!/auto-detection is disabled|empty ident|tell me who you are/i.test(asPerson.stderr)) {
    throw gitFailure(args, asPerson);
  }
  const env = { ...identityEnv("AUTHOR", agentx), ...identityEnv("COMMITTER", agentx), ...author };
  return (await runGit(place, args, { input, env })).stdout.trim();
}

function identityEnv(
  who: string,
  identity: { name: string; email: string } | undefined,
): Record<string, string> {
  if (identity === undefined) return {};
  return { [`GIT_${who}_NAME`]: identity.name, [`GIT_${who}_EMAIL`]: identity.email };
}
