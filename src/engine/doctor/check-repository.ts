import { existsSync } from "node:fs";
import { join } from "node:path";
import type { HealthRow } from "../../core/health.ts";
import { inspectRepository } from "../../git/inspect-repository.ts";
import { runGit } from "../../git/processes/run-git.ts";
import { type Unwritable, whyUnwritable } from "../../sys/why-unwritable.ts";
import { ofUncommitted, type Workspace } from "../workspace.ts";
import { fail, ok, warn } from "./row.ts";

/** git itself, and whether a run could start from what is checked out. */
export async function checkRepository(workspace: Workspace): Promise<HealthRow[]> {
  const { root } = workspace.repo;
  const { stdout } = await runGit({ cwd: root }, ["version"]);
  const version = stdout.replace(/^git version/, "").trim();
  return [
    ok("git", version),
    await checkState(workspace),
    await checkIgnored(workspace),
    ...checkHome(workspace),
  ];
}

async function checkState({ repo }: Workspace): Promise<HealthRow> {
  const { branch, commit, dirty, untracked, operation, shallow } = await inspectRepository(repo);
  if (commit === null)
    return fail(
      "repository",
      `${repo.root} has no commit to start from`,
      "git add -A && git commit -m start",
    );
  if (operation !== null)
    return fail("repository", `a ${operation} is under way`, "finish it or give it up before you dispatch");
  const where = `${repo.root}, ${branch ?? "no branch"} at ${commit.slice(0, 8)}${shallow ? ", a shallow clone" : ""}`;
  if (branch === null)
    return warn("repository", where, "HEAD is detached: the result will wait on a branch of its own");
  if (dirty) return warn("repository", `${where}, with changes`, `${ofUncommitted}: commit or stash it`);
  return ok("repository", untracked ? `${where}, with untracked files, which no run sees` : where);
}

async function checkIgnored({ repo, folder }: Workspace): Promise<HealthRow> {
  const tracked = await runGit({ cwd: repo.root }, ["ls-files", "-z", "--", ".agentx"]);
  const unwritable = whyUnwritable(folder);
  if (unwritable !== null) return cannotWrite(".agentx", unwritable, "work in a copy that is yours");
  if (tracked.stdout !== "")
    return warn(".agentx", "files of it are committed", "git rm -r --cached .agentx");
  if (!existsSync(folder)) return ok(".agentx", "not there yet; it ignores itself");
  const args = ["check-ignore", "--quiet", join(".agentx", "journal.db")];
  const { exitCode } = await runGit({ cwd: repo.root }, args, { expect: [0, 1] });
  return exitCode === 0
    ? ok(".agentx", "ignored by git")
    : warn(".agentx", "git does not ignore it", "echo '*' > .agentx/.gitignore");
}

/** Only what is wrong with it: no run asks for more of it than a place. */
function checkHome({ home }: Workspace): HealthRow[] {
  const unwritable = whyUnwritable(home);
  return unwritable === null
    ? []
    : [cannotWrite("home", unwritable, "set AGENTX_HOME to a folder that is yours")];
}

function cannotWrite(name: string, { folder, why }: Unwritable, otherwise: string): HealthRow {
  return fail(
    name,
    `${folder}: nothing can be written here: ${why}`,
    `check its owner and permissions, or ${otherwise}`,
  );
}
