import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ofUncommitted } from "../../src/engine/workspace.ts";
import { eventsOfType, git, type Project, type Ran, write } from "./project.ts";
import { neverAnswers, serveTwisted, smallProject, subPlan, subScript } from "./small-run.ts";

/** The plan lies outside, so that the person's checkout is theirs alone. */
function projectWithPlan(): Project {
  const project = smallProject();
  write(project.folder, { "plan.md": subPlan });
  return project;
}

async function dispatch(
  project: Project,
  { args = [], cwd = project.root }: { args?: string[]; cwd?: string } = {},
): Promise<Ran> {
  const { env } = await serveTwisted(subScript);
  return project.agentx(["dispatch", join(project.folder, "plan.md"), "--yes", "--json", ...args], {
    env,
    cwd,
  });
}

type Left = { reason: string; command: string };

/** Why the work was left on its own branch, and the command that takes it. @param warning what was said beforehand */
function leftBy(ran: Ran, warning = ""): Left {
  expect(ran.stderr).toBe(warning);
  expect(ran.exitCode).toBe(0);
  const delivery = eventsOfType(ran.events, "run.delivered")[0]?.delivery;
  if (delivery?.type !== "left") throw new Error(`delivered as ${JSON.stringify(delivery)}`);
  return delivery;
}

function run({ root, env }: Project, command: string): void {
  execFileSync("sh", ["-c", command], { cwd: root, env, stdio: "pipe" });
}

test("on a detached HEAD the work is left with a command that takes it", async () => {
  const project = projectWithPlan();
  git(project.root, "switch", "--quiet", "--detach");
  const { reason, command } = leftBy(await dispatch(project));
  expect(reason).toBe("HEAD is on no branch");
  expect(git(project.root, "status", "--porcelain", "--branch")).toBe("## HEAD (no branch)");
  run(project, command);
  expect(project.read("sub.txt")).toBe("sub\n");
});

test("the target branch is dirty: uncommitted and staged changes stay as they are, byte for byte", async () => {
  const project = projectWithPlan();
  write(project.root, { "readme.md": "mine\r\n", "staged.txt": "staged\n" });
  git(project.root, "add", "staged.txt");
  const before = git(project.root, "status", "--porcelain");
  const warning = `Your checkout has changes: ${ofUncommitted}.\n`;
  const { reason, command } = leftBy(await dispatch(project), warning);
  expect(reason).toContain("uncommitted changes");
  expect(project.read("readme.md")).toBe("mine\r\n");
  expect(git(project.root, "status", "--porcelain")).toBe(before);
  git(project.root, "stash", "--quiet");
  run(project, command);
  expect(project.read("sub.txt")).toBe("sub\n");
});

test("an untracked file in the way of the result is kept", async () => {
  const project = projectWithPlan();
  write(project.root, { "sub.txt": "precious\n" });
  const { reason } = leftBy(await dispatch(project));
  expect(reason).toContain("sub.txt");
  expect(project.read("sub.txt")).toBe("precious\n");
  expect(git(project.root, "log", "--format=%s")).toBe("start");
});

test("an ignored file in the way of the result is kept", async () => {
  const project = projectWithPlan();
  const { env, called } = await serveTwisted(subScript);
  const started = project.start(["dispatch", join(project.folder, "plan.md"), "--yes", "--json"], { env });
  await called("sub review 1");
  // Not sooner: what the person ignores is no work of a worker's either.
  write(project.root, { ".git/info/exclude": "sub.txt\n", "sub.txt": "precious\n" });
  leftBy(await started.ended);
  expect(project.read("sub.txt")).toBe("precious\n");
});

test("a run in a worktree of a worktree lands there and nowhere else", async () => {
  const project = projectWithPlan();
  git(project.root, "worktree", "add", "--quiet", "-b", "one", "../one");
  git(join(project.folder, "one"), "worktree", "add", "--quiet", "-b", "two", "../two");
  const ran = await dispatch(project, { cwd: join(project.folder, "two") });
  expect(ran.stderr).toBe("");
  expect(ran.exitCode).toBe(0);
  expect(
    git(
      project.root,
      "for-each-ref",
      "--format=%(refname:short) %(subject)",
      "refs/heads/main",
      "refs/heads/one",
      "refs/heads/two",
    ),
  ).toBe("main start\none start\ntwo Add subtraction");
  expect(git(join(project.folder, "two"), "status", "--porcelain")).toBe("");
});

test("from a subfolder a relative plan is found and the whole repository is worked on", async () => {
  const project = projectWithPlan();
  mkdirSync(join(project.root, "deep/er"), { recursive: true });
  const { env } = await serveTwisted(subScript);
  const cwd = join(project.root, "deep/er");
  const ran = await project.agentx(["dispatch", "../../../plan.md", "--yes"], { env, cwd });
  expect(ran.exitCode).toBe(0);
  expect(project.read("sub.txt")).toBe("sub\n");
  expect((await project.agentx(["status"], { cwd })).stdout).toContain("sub");
});

test("the target branch has moved: one that got a commit during the run is left alone, and the command merges both", async () => {
  const project = projectWithPlan();
  const { env, called } = await serveTwisted(subScript);
  const started = project.start(["dispatch", join(project.folder, "plan.md"), "--yes", "--json"], { env });
  await called("sub implement 1");
  write(project.root, { "mine.txt": "mine\n" });
  git(project.root, "add", "mine.txt");
  git(project.root, "commit", "--quiet", "--message=mine");
  const mine = git(project.root, "rev-parse", "main");
  const { reason, command } = leftBy(await started.ended);
  expect(reason).toContain("main has moved");
  expect(git(project.root, "rev-parse", "main")).toBe(mine);
  run(project, `${command} --no-edit`);
  expect([project.read("mine.txt"), project.read("sub.txt")]).toEqual(["mine\n", "sub\n"]);
});

test("a person who switches branches during the run keeps their checkout, and the first branch gets the work", async () => {
  const project = projectWithPlan();
  const { env, called } = await serveTwisted(subScript);
  const started = project.start(["dispatch", join(project.folder, "plan.md"), "--yes", "--json"], { env });
  await called("sub implement 1");
  git(project.root, "switch", "--quiet", "--create", "elsewhere");
  write(project.root, { "readme.md": "half done\n" });
  const ran = await started.ended;
  expect(ran.exitCode).toBe(0);
  expect(git(project.root, "status", "--porcelain", "--branch")).toBe("## elsewhere\n M readme.md");
  expect(git(project.root, "show", "main:sub.txt")).toBe("sub");
});

test("the person's hooks, signing, line ends and editor do not get in the way", async () => {
  const project = projectWithPlan();
  for (const hook of [
    "pre-commit",
    "post-checkout",
    "post-merge",
    "reference-transaction",
    "commit-msg",
    "pre-push",
  ]) {
    write(project.folder, {
      [`hooks/${hook}`]: `#!/bin/sh\necho ${hook} >> '${project.folder}/hooks-ran'\nexit 1\n`,
    });
    chmodSync(join(project.folder, "hooks", hook), 0o755);
  }
  const config = {
    "commit.gpgSign": "true",
    "gpg.program": "/nowhere/gpg",
    "core.autocrlf": "true",
    "core.editor": "/nowhere/editor",
    "merge.ff": "false",
    "status.showUntrackedFiles": "no",
    "diff.external": "/nowhere/diff",
    "core.fsmonitor": "/nowhere/fsmonitor",
  };
  for (const [key, value] of Object.entries(config))
    git(project.root, "config", "--file", `${project.env["HOME"]}/.gitconfig`, key, value);
  git(project.root, "config", "core.hooksPath", join(project.folder, "hooks"));
  const ran = await dispatch(project);
  expect(ran.stderr).toBe("");
  expect(ran.exitCode).toBe(0);
  expect(git(project.root, "log", "--format=%s %G?")).toBe("Add subtraction N\nstart N");
  expect(git(project.root, "show", "main:sub.txt")).toBe("sub");
});

test("git gc and worktree prune in the middle of a run take nothing away", async () => {
  const project = projectWithPlan();
  const { env, called } = await serveTwisted(subScript, neverAnswers("sub implement 2"));
  const started = project.start(["dispatch", join(project.folder, "plan.md"), "--yes", "--json"], { env });
  await called("sub implement 2");
  git(project.root, "worktree", "prune", "--expire=now");
  git(project.root, "gc", "--quiet", "--prune=now");
  started.child.kill("SIGKILL");
  await started.ended;
  git(project.root, "gc", "--quiet", "--prune=now");
  const resumed = await project.agentx(["resume"], { env });
  expect(resumed.exitCode).toBe(0);
  expect(project.read("sub.txt")).toBe("sub\n");
});
