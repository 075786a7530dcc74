import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createWorktreePool } from "../../src/git/worktrees/worktree-pool.ts";
import { acquireDispatcherLock } from "../../src/journal/lock.ts";
import { repositoryHome } from "../../src/sys/paths.ts";
import { git, makeRepository, type Made } from "../git/make-repository.ts";
import { task } from "../support/core-run.ts";
import { attempt, journalRun } from "./a-journal.ts";
import { agentx, type Said } from "./a-terminal.ts";

type Ran = Made & { home: string; clean: (...args: string[]) => Promise<Said>; branches: () => string[] };

/** `good` was squashed into the integration branch, `bad` failed with work on its branch and unsaved work beside it. */
async function aFinishedRun({ run = "r1", isFinished = true } = {}): Promise<Ran> {
  const made = await makeRepository();
  const { repo, root, base } = made;
  const env = { AGENTX_HOME: made.home };
  const home = repositoryHome(env, root, null);
  const pool = createWorktreePool({ repo, home });
  const commitOn = async (number: number, name: string): Promise<string> => {
    const worktree = await pool.lease({ number, branch: `agentx/${run}/${name}`, commit: base });
    writeFileSync(join(worktree.path, `${name}.txt`), `${name}\n`);
    return (await pool.snapshot(worktree, { message: name, parents: [base], base }))?.commit ?? "";
  };
  const [good, bad] = [await commitOn(1, "good"), await commitOn(2, "bad")];
  writeFileSync(join(home, "worktrees/2/unsaved.txt"), "unsaved\n");
  const merged = git(root, "commit-tree", `${good}^{tree}`, "-p", base, "-m", "good, squashed");
  git(root, "update-ref", `refs/heads/agentx/${run}/integration`, merged);
  mkdirSync(join(home, "scratch", run, "good"), { recursive: true });
  await pool.leaseDetached({ name: "gate-1", commit: good });
  const files = { files: [], note: "" };
  const take = `git merge agentx/${run}/integration`;
  const left = { type: "left", reason: "main has moved on", command: take } as const;
  journalRun(root, {
    run,
    tasks: [task("good"), task("bad")],
    base,
    events: [
      attempt("good", { base, worktree: 1 }),
      attempt("bad", { base, worktree: 2 }),
      { type: "worker.finished", task: "good", commit: good, ...files },
      { type: "worker.finished", task: "bad", commit: bad, ...files },
      { type: "task.merged", task: "good", commit: merged },
      ...(isFinished
        ? ([
            { type: "task.failed", task: "bad", reason: "gave up" },
            { type: "run.delivered", delivery: left, pullRequest: null },
            { type: "run.finished" },
          ] as const)
        : []),
    ],
  });
  return {
    ...made,
    home,
    clean: (...args) => agentx(root, ["clean", ...args], { env }),
    branches: () => git(root, "for-each-ref", "--format=%(refname:short)", "refs/heads").split("\n"),
  };
}

test("a clean-up destroys work that was not merged: clean deletes what is merged, keeps what is not and says why, and rescues unsaved work", async () => {
  const { root, home, clean, branches } = await aFinishedRun();
  const { code, stdout } = await clean();
  expect(code).toBe(0);
  expect(branches()).toEqual(["agentx/r1/bad", "agentx/r1/integration", "main"]);
  expect(stdout).toContain("deleted  agentx/r1/good");
  expect(stdout).toMatch(/kept +agentx\/r1\/bad +not merged, the task is failed: gave up/);
  expect(stdout).toMatch(/kept +agentx\/r1\/integration +it is not merged into your branch yet/);
  const rescue = /rescued +(refs\/agentx\/rescue\/\S+)/.exec(stdout)?.[1] ?? "";
  expect(git(root, "show", `${rescue}:unsaved.txt`)).toBe("unsaved");
  for (const gone of ["worktrees/1", "worktrees/2", "gates", "scratch/r1"]) {
    expect(existsSync(join(home, gone)), gone).toBe(false);
  }
  expect(git(root, "worktree", "list").split("\n")).toHaveLength(1);
  expect((await agentx(root, ["status"])).code).toBe(0);
});

test("a second time there is nothing left to remove", async () => {
  const { clean, branches } = await aFinishedRun();
  await clean();
  const before = branches();
  const { code, stdout } = await clean();
  expect(code).toBe(0);
  expect(stdout).toMatch(/^nothing is left to remove: r1\nkept/);
  expect(branches()).toEqual(before);
});

test("once the person has the work, the integration branch goes too with the advice to take it, and the person's own stays", async () => {
  const { root, clean, branches } = await aFinishedRun();
  const statuses = async (): Promise<string> =>
    (await agentx(root, ["status"])).stdout + (await agentx(root, ["status", "--json"])).stdout;
  git(root, "pack-refs", "--all");
  expect((await statuses()).match(/take the work onto your branch/g)).toHaveLength(2);
  git(root, "merge", "--quiet", "--ff-only", "agentx/r1/integration");
  const tip = git(root, "rev-parse", "main");
  await clean();
  expect(await statuses()).not.toContain("take the work onto your branch");
  expect(branches()).toEqual(["agentx/r1/bad", "main"]);
  expect(git(root, "rev-parse", "main")).toBe(tip);
});

test("a merged task's branch stays when its merge is on no branch any more", async () => {
  const { root, clean, branches } = await aFinishedRun();
  git(root, "branch", "-D", "agentx/r1/integration");
  const { stdout } = await clean();
  expect(branches()).toContain("agentx/r1/good");
  expect(stdout).toContain("on no branch any more");
});

test("a branch that somebody moved after its merge stays", async () => {
  const { root, base, clean, branches } = await aFinishedRun();
  const mine = git(root, "commit-tree", `${base}^{tree}`, "-p", "agentx/r1/good", "-m", "mine");
  git(root, "update-ref", "refs/heads/agentx/r1/good", mine);
  expect((await clean()).stdout).toContain("it has moved since it was merged");
  expect(branches()).toContain("agentx/r1/good");
});

test("a branch that the person has checked out stays", async () => {
  const { root, clean, branches } = await aFinishedRun();
  git(root, "update-ref", "--no-deref", "refs/heads/agentx/r1/good", "agentx/r1/good");
  git(root, "symbolic-ref", "HEAD", "refs/heads/agentx/r1/good");
  expect((await clean()).stdout).toContain("checked out in");
  expect(branches()).toContain("agentx/r1/good");
});

test("a run that is not finished is left alone", async () => {
  const { home, clean, branches } = await aFinishedRun({ isFinished: false });
  const before = branches();
  const { code, stderr } = await clean();
  expect(code).toBe(2);
  expect(stderr).toContain("RUN_NOT_FINISHED");
  expect((await clean("--all")).stdout).toBe(
    `cleaned up; no run is finished\nremoved  ${join(home, "gates")}\n`,
  );
  expect(branches()).toEqual(before);
  expect(existsSync(join(home, "worktrees/2/unsaved.txt"))).toBe(true);
});

test("what a planning or the gates have left goes although there was never a run", async () => {
  const { repo, root, base, home: folder } = await makeRepository();
  const env = { AGENTX_HOME: folder };
  expect((await agentx(root, ["clean"], { env })).stderr).toContain("NO_RUNS");
  const home = repositoryHome(env, root, null);
  await createWorktreePool({ repo, home }).leaseDetached({ name: "planner", commit: base });
  const { code, stdout } = await agentx(root, ["clean"], { env });
  expect([code, stdout]).toEqual([0, `cleaned up; no run is finished\nremoved  ${join(home, "gates")}\n`]);
  expect(git(root, "worktree", "list").split("\n")).toHaveLength(1);
});

test("while a dispatcher runs clean refuses and names it", async () => {
  const { root, clean, branches } = await aFinishedRun();
  const folder = join(root, ".agentx");
  using _lock = acquireDispatcherLock({
    folder,
    pid: process.pid,
    since: 1,
    command: "agentx dispatch plan.md",
    root,
  });
  const before = branches();
  const { code, stderr } = await clean();
  expect(code).toBe(2);
  expect(stderr).toContain(`process ${process.pid}`);
  expect(branches()).toEqual(before);
});
