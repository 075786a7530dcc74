import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { commitFiles, eventsOfType, git, type Project, write } from "./project.ts";
import { serveTwisted, smallProject, subPlan, subScript } from "./small-run.ts";

const url = "https://example.org/ada/sums/pull/7";

/** A remote, and the plan in the first push. */
function projectWithRemote(): Project {
  const project = smallProject({ "plan.md": subPlan });
  git(project.folder, "init", "--quiet", "--bare", "remote.git");
  git(project.root, "remote", "add", "origin", join(project.folder, "remote.git"));
  git(project.root, "push", "--quiet", "--set-upstream", "origin", "main");
  return project;
}

/** Stands in for GitHub's program: keeps what it was asked, and remembers that the pull request is open. */
function installGh(
  project: Project,
  answer: string = `touch '${project.folder}/open'; echo '${url}'`,
): string {
  write(project.folder, {
    "bin/gh": `#!/bin/sh
printf '%s\\n' "$*" >> '${project.folder}/asked'
case "$1 $2" in
  "pr view") test -e '${project.folder}/open' && echo '${url}' ;;
  "pr create") ${answer} ;;
esac
`,
  });
  chmodSync(join(project.folder, "bin/gh"), 0o755);
  return `${project.folder}/bin:${project.env["PATH"]}`;
}

function asked(project: Project): string[] {
  const file = join(project.folder, "asked");
  return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
}

function creations(project: Project): string[] {
  return asked(project).filter((line) => line.startsWith("pr create"));
}

test("--pr pushes the integration branch and opens one pull request", async () => {
  const project = projectWithRemote();
  const PATH = installGh(project);
  const { env } = await serveTwisted(subScript);

  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json", "--pr"], {
    env: { ...env, PATH },
  });

  expect(ran.stderr).toBe("");
  expect(ran.exitCode).toBe(0);
  const run = eventsOfType(ran.events, "run.started")[0]?.run;
  const branch = `agentx/${run}/integration`;
  expect(git(project.folder, "--git-dir=remote.git", "log", "--format=%s", branch)).toBe(
    "Add subtraction\nstart",
  );
  expect(creations(project)).toEqual([
    `pr create --head ${branch} --base main --title Subtraction --body - Add subtraction (sub)`,
  ]);
  expect(eventsOfType(ran.events, "run.delivered")[0]).toMatchObject({ pullRequest: url });
  expect(project.read(`.agentx/runs/${run}/report.md`)).toContain(url);
  // The person's own branch waits for the pull request.
  expect(git(project.root, "log", "--format=%s", "main")).toBe("start");
  expect((await project.agentx(["resume"], { env: { ...env, PATH } })).exitCode).toBe(0);
  expect(creations(project)).toHaveLength(1);
});

test("a pull request that was opened before a crash is found again", async () => {
  const project = projectWithRemote();
  const PATH = installGh(project, `touch '${project.folder}/open'; kill -9 $PPID`);
  const { env } = await serveTwisted(subScript);
  const args = ["dispatch", "plan.md", "--yes", "--json", "--pr"];
  const killed = await project.agentx(args, { env: { ...env, PATH } });
  expect(eventsOfType(killed.events, "run.delivered")).toEqual([]);
  const resumed = await project.agentx(["resume", "--json"], { env: { ...env, PATH } });
  expect(resumed.exitCode).toBe(0);
  expect(eventsOfType(resumed.events, "run.delivered")[0]).toMatchObject({ pullRequest: url });
  expect(creations(project)).toHaveLength(1);
});

test("without gh the branch is pushed all the same, and resume goes on once it is there", async () => {
  const project = projectWithRemote();
  const { env, names } = await serveTwisted(subScript);
  const args = ["dispatch", "plan.md", "--yes", "--json", "--pr"];
  const PATH = pathWithoutGh(project);

  const ran = await project.agentx(args, { env: { ...env, PATH } });

  expect(ran.exitCode).toBe(2);
  expect(ran.stderr).toContain("gh is not installed");
  const run = eventsOfType(ran.events, "run.started")[0]?.run;
  expect(ran.stderr).toContain(`agentx/${run}/integration is pushed`);
  expect(git(project.folder, "--git-dir=remote.git", "branch", "--list", "agentx/*")).toContain(
    `${run}/integration`,
  );
  const calls = names().length;
  const resumed = await project.agentx(["resume"], { env: { ...env, PATH: installGh(project) } });
  expect(resumed.exitCode).toBe(0);
  expect(creations(project)).toHaveLength(1);
  expect(names()).toHaveLength(calls);
});

test("a remote that refuses the push is quoted, and the work is still here", async () => {
  const project = projectWithRemote();
  const PATH = installGh(project);
  write(project.folder, {
    "remote.git/hooks/pre-receive": "#!/bin/sh\necho 'the quota is used up' >&2\nexit 1\n",
  });
  chmodSync(join(project.folder, "remote.git/hooks/pre-receive"), 0o755);
  const { env } = await serveTwisted(subScript);
  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--pr"], { env: { ...env, PATH } });
  expect(ran.exitCode).toBe(2);
  expect(ran.stderr).toContain("the quota is used up");
  expect(creations(project)).toEqual([]);
  expect(git(project.root, "log", "--format=%s", "--branches=agentx/*/integration", "-1")).toBe(
    "Add subtraction",
  );
});

test("without a remote the run says so before anybody is paid", async () => {
  const project = smallProject();
  commitFiles(project.root, { "plan.md": subPlan });
  const { server, env } = await serveTwisted(subScript);
  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--pr"], { env });
  expect(ran.exitCode).toBe(2);
  expect(ran.stderr).toContain("there is no remote to push to");
  expect(server.requests.length).toBe(0);
});

/** The machine's programs without its gh: a folder that has one is replaced by links to all else in it. */
function pathWithoutGh({ folder, env }: Project): string {
  const folders = (env["PATH"] ?? "").split(delimiter).map((path, index) => {
    if (!existsSync(join(path, "gh"))) return path;
    const links = join(folder, `programs-${index}`);
    mkdirSync(links);
    const others = readdirSync(path).filter((name) => name !== "gh");
    for (const name of others) symlinkSync(join(path, name), join(links, name));
    return links;
  });
  return folders.join(delimiter);
}
