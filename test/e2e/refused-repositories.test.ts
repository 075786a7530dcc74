import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commitFiles, git, makeProject, type Project, write } from "./project.ts";
import { serveTwisted, smallProject, subPlan, subScript } from "./small-run.ts";

/** Dispatches in `cwd`, and expects that nothing was changed and no model asked. */
async function refusal(project: Project, cwd = project.root): Promise<string> {
  const { server, env } = await serveTwisted(subScript);
  const refs = git(project.root, "for-each-ref");
  const ran = await project.agentx(["dispatch", join(project.folder, "plan.md"), "--yes"], { env, cwd });
  expect(ran.exitCode).toBe(2);
  expect(ran.stdout).toBe("");
  expect(server.requests.length).toBe(0);
  expect(git(project.root, "for-each-ref")).toBe(refs);
  expect(["repo/.agentx", "state"].filter((path) => existsSync(join(project.folder, path)))).toEqual([]);
  return ran.stderr;
}

function projectWith(files?: Record<string, string>): Project {
  const project = makeProject(files);
  write(project.folder, { "plan.md": subPlan });
  return project;
}

test("a folder outside of any repository is refused with the next step", async () => {
  const project = projectWith();
  mkdirSync(join(project.folder, "elsewhere"));
  const said = await refusal(project, join(project.folder, "elsewhere"));
  expect(said).toContain("error NOT_A_REPOSITORY");
  expect(said).toContain("git init");
});

test("a bare repository is refused with the way to a checkout", async () => {
  const project = projectWith();
  git(project.folder, "clone", "--quiet", "--bare", project.root, "bare.git");
  const said = await refusal(project, join(project.folder, "bare.git"));
  expect(said).toContain("error BARE_REPOSITORY");
  expect(said).toContain("git worktree add");
});

test("a repository without commits is refused with the command for a first one", async () => {
  const project = projectWith({});
  const said = await refusal(project);
  expect(said).toContain("error NO_COMMITS");
  expect(said).toContain("git add -A && git commit");
});

test.each(["merge", "rebase"] as const)(
  "a %s under way is refused and stays under way",
  async (operation) => {
    const project = smallProject();
    write(project.folder, { "plan.md": subPlan });
    git(project.root, "switch", "--quiet", "--create", "other");
    commitFiles(project.root, { "readme.md": "theirs\n" });
    git(project.root, "switch", "--quiet", "main");
    commitFiles(project.root, { "readme.md": "mine\n" });
    expect(() => git(project.root, operation, "other")).toThrow(`git ${operation}`);
    const before = git(project.root, "status");

    const said = await refusal(project);

    expect(said).toContain("error UNFINISHED_OPERATION");
    expect(said).toContain(`git ${operation} --abort`);
    expect(git(project.root, "status")).toBe(before);
  },
);

test("a project without anything that checks it is refused, and runs with --no-gates", async () => {
  const project = makeProject({ "readme.md": "hello\n" });
  write(project.folder, { "plan.md": subPlan });
  const said = await refusal(project);
  expect(said).toContain("error NO_GATES");
  expect(said).toContain("--no-gates");

  const { env } = await serveTwisted(subScript);
  const ran = await project.agentx(["dispatch", join(project.folder, "plan.md"), "--yes", "--no-gates"], {
    env,
  });
  expect(ran.exitCode).toBe(0);
  expect(project.read("sub.txt")).toBe("sub\n");
});
