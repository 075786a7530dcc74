import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commitFiles, git, type Project, serveModels } from "./project.ts";
import { smallProject } from "./small-run.ts";
import { wrote } from "./turns.ts";

/** What is on disk and in git beside the person's own files. */
function traces(project: Project): unknown {
  return {
    agentx: existsSync(join(project.root, ".agentx")),
    state: existsSync(join(project.folder, "state")),
    branches: git(project.root, "for-each-ref", "--format=%(refname)"),
    worktrees: git(project.root, "worktree", "list").split("\n").length,
    status: git(project.root, "status", "--porcelain"),
  };
}

const nothing = {
  agentx: false,
  state: false,
  branches: "refs/heads/main",
  worktrees: 1,
  status: "",
};

const wrongPlan = `# Sums

## Tasks

- [ ] Sign in \`#login\`
  - needs: sesion
- [ ] Keep a session \`#session\`
  - needs: store
- [ ] Store it \`#store\`
  - needs: session
- [ ] Sign in again \`#login\`
- [ ] Sign out \`#logout\`
  - acept: nobody is signed in
`;

test("everything that is wrong with a plan is said at once with its line, and nothing was made", async () => {
  const project = smallProject();
  commitFiles(project.root, { "plan.md": wrongPlan });
  const { server, env } = await serveModels(project, {});

  const ran = await project.agentx(["dispatch", "plan.md", "--yes"], { env });

  expect(ran.exitCode).toBe(2);
  expect(ran.stdout).toBe("");
  expect(ran.stderr).toMatch(
    /plan\.md:5: "login" needs "sesion", which no task has\n +Did you mean "session"\?/,
  );
  expect(ran.stderr).toMatch(/plan\.md:7: "session" needs itself in a circle: session → store → session/);
  expect(ran.stderr).toMatch(/plan\.md:11: the id "login" is already taken by "Sign in" \(line 5\)/);
  expect(ran.stderr).toMatch(/plan\.md:13: .*acept.*\n +Did you mean "accept"\?/);
  expect(server.requests).toEqual([]);
  expect(traces(project)).toEqual(nothing);
});

test("a command line that is wrong ends with 2 and its help, before anything is made", async () => {
  const project = smallProject();
  const { env } = await serveModels(project, { tasks: { a: wrote({ "a.txt": "one\n" }) } });

  const all = await Promise.all(
    [
      ["dispatch"],
      ["dispatch", "missing.md"],
      ["dispatch", "plan.md", "--slots", "0"],
      ["dispach", "plan.md"],
      ["resume"],
      ["status"],
    ].map((args) => project.agentx(args, { env })),
  );

  expect(all.map(({ exitCode }) => exitCode)).toEqual([2, 2, 2, 2, 2, 2]);
  expect(all[1]?.stderr).toContain("missing.md: there is no such file");
  expect(all[2]?.stderr).toContain("whole number from 1 up");
  expect(all[2]?.stderr).toContain("agentx dispatch --help");
  expect(all[3]?.stderr).toMatch(/unknown command 'dispach'[^]*dispatch/);
  expect(all[4]?.stderr).toContain("there is no run here yet");
  expect(traces(project)).toEqual(nothing);
});
