import { join, resolve } from "node:path";
import { AgentxError } from "../core/error.ts";
import type { RunBase } from "../core/event.ts";
import { readNamedHome } from "../git/named-home.ts";
import { inspectRepository } from "../git/inspect-repository.ts";
import { openRepository, type Repository } from "../git/repository.ts";
import { type Env, repositoryHome } from "../sys/paths.ts";
import { type Secrets, secretsOf } from "../sys/secrets.ts";

/** A repository and agentx's places for it. */
export type Workspace = {
  repo: Repository;
  /** `.agentx` in the root of the person's checkout: the journal, and what a run leaves to read. */
  folder: string;
  /** Worktrees, caches and spilled output, outside the checkout. */
  home: string;
  env: Env;
  /** What must not be kept, shown or told to a model. */
  secrets: Secrets;
};

/** @throws AgentxError when `cwd` is not in a checkout of a git repository */
export async function openWorkspace(cwd: string, env: Env): Promise<Workspace> {
  const naming = readNamedHome(cwd);
  // What is wrong with the repository is told by what opens it.
  naming.catch(() => {});
  const repo = await openRepository(cwd);
  const named = await naming;
  const home = repositoryHome(env, repo.root, named === null ? null : resolve(repo.root, named));
  return { repo, folder: join(repo.root, ".agentx"), home, env, secrets: secretsOf(env) };
}

/** What becomes of changes in the person's checkout. */
export const ofUncommitted =
  "what is not committed is no part of a run, and your branch is not moved under it";

/** Where a new run starts from. @throws AgentxError, see `lookAtBase` */
export async function findBase(workspace: Workspace): Promise<RunBase> {
  return (await lookAtBase(workspace)).base;
}

/**
 * The same, and whether the person's checkout has changes besides.
 * @throws AgentxError NO_COMMITS or UNFINISHED_OPERATION; nothing was changed
 */
export async function lookAtBase({ repo }: Workspace): Promise<{ base: RunBase; isDirty: boolean }> {
  const { branch, commit, dirty: isDirty, operation } = await inspectRepository(repo);
  if (commit === null) {
    throw new AgentxError("NO_COMMITS", {
      where: repo.root,
      what: "the repository has no commit to start from",
      hint: "git add -A && git commit -m start",
    });
  }
  if (operation !== null) {
    throw new AgentxError("UNFINISHED_OPERATION", {
      where: repo.root,
      what: `a ${operation} is under way`,
      hint:
        operation === "bisect"
          ? "git bisect reset, then try again"
          : `finish it, or git ${operation} --abort, then try again`,
    });
  }
  return { base: { branch, commit }, isDirty };
}
