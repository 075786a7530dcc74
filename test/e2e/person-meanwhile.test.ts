import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dispatchArgs, projectFor } from "./killed.ts";
import { commitFiles, eventsOfType, git, write } from "./project.ts";
import { serveTwisted, subPlan, writes } from "./small-run.ts";

const plan = `${subPlan}- [ ] Add multiplication \`#mul\`
  - needs: sub
- [ ] Add division \`#div\`
  - needs: mul
`;
const script = `tasks:${writes("sub")}${writes("mul")}${writes("div")}`;

test("a person who tidies up in the middle of a run loses nothing, and the run ends as if they had not", async () => {
  const project = projectFor({ plan });
  const { root } = project;
  const served = await serveTwisted(script, ({ name }, turn) => {
    const [run = ""] = git(root, "for-each-ref", "--format=%(refname:lstrip=3)", "refs/heads/agentx").split(
      "/",
    );
    switch (name) {
      case "sub implement 2":
        rmSync(join(root, "plan.md"));
        git(root, "worktree", "prune", "--expire=now");
        git(root, "gc", "--quiet", "--prune=now");
        break;
      case "sub review 1":
        git(root, "branch", "--quiet", "-D", `agentx/${run}/integration`);
        break;
      case "mul review 1":
        write(root, { "plan.md": "# Another plan\n\n## Tasks\n\n- [ ] Something else `#else`\n" });
        git(root, "branch", "--quiet", "-D", `agentx/${run}/integration`);
        git(root, "gc", "--quiet", "--prune=now");
        break;
      case "div implement 1":
        git(root, "switch", "--quiet", "--create", "mine");
        commitFiles(root, { "mine.txt": "mine\n" }, "mine");
        git(root, "rebase", "--quiet", "--force-rebase", "main");
        break;
    }
    return turn;
  });
  const ran = await project.agentx(dispatchArgs, served);

  expect(ran.stderr).toBe("");
  expect(ran.exitCode).toBe(0);
  expect(eventsOfType(ran.events, "task.merged")).toHaveLength(3);
  const files = git(root, "ls-tree", "--name-only", "main").split("\n");
  expect(["sub.txt", "mul.txt", "div.txt"].filter((file) => !files.includes(file))).toEqual([]);
  expect(git(root, "log", "--format=%s", "main..mine")).toBe("mine");
  expect(git(root, "branch", "--show-current")).toBe("mine");
  expect(project.read("plan.md")).toContain("Something else");
  expect(served.names()).toHaveLength(9);
});

test("a moved repository, a moved integration branch and a deleted journal each end a run with a way on", async () => {
  const project = projectFor({ plan });
  const { root } = project;
  const moved = `${root}-moved`;
  let isMoved = false;
  const integration = (): string =>
    git(moved, "for-each-ref", "--format=%(refname)", "refs/heads/agentx/*/integration");
  const served = await serveTwisted(script, ({ name, before }, turn) => {
    if (name === "sub review 1" && before === 0) {
      renameSync(root, moved);
      isMoved = true;
    }
    if (name === "mul implement 2" && before === 0) git(moved, "update-ref", integration(), "main");
    if (name === "div implement 1" && before === 0) rmSync(join(moved, ".agentx"), { recursive: true });
    return turn;
  });

  const first = await project.agentx(dispatchArgs, served);
  expect(isMoved).toBe(true);
  expect(first.exitCode).toBe(2);
  expect(first.stderr).toContain("`agentx resume` goes on");
  expect(existsSync(root)).toBe(false);

  const place = { cwd: moved, env: served.env };
  const second = await project.agentx(["resume", "--json"], place);
  expect(second.exitCode).toBe(2);
  expect(second.stderr).toContain("INTEGRATION_MOVED");
  expect(second.stderr).toContain("agentx doctor --repair");
  const repaired = await project.agentx(["doctor", "--repair", "--yes"], place);
  expect(repaired.exitCode).toBe(0);
  expect(git(moved, "ls-tree", "--name-only", integration()).split("\n")).toContain("sub.txt");

  const third = await project.agentx(["resume", "--json"], place);
  expect(third.exitCode).toBe(2);
  expect(third.stderr).toContain("JOURNAL_GONE");
  // What was merged is where the error says.
  const files = git(moved, "ls-tree", "--name-only", integration()).split("\n");
  expect(["sub.txt", "mul.txt"].filter((file) => !files.includes(file))).toEqual([]);
});
