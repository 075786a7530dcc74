import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dispatchArgs, kill, projectFor } from "./killed.ts";
import { commitFiles, eventsOfType, git, serveModels } from "./project.ts";
import { neverAnswers, serveTwisted, subPlan, subScript } from "./small-run.ts";

test("a second dispatcher is refused with the first one's pid until that is gone", async () => {
  const served = await serveTwisted(subScript, neverAnswers("sub implement 2"));
  const project = projectFor({ plan: subPlan });
  const first = project.start(dispatchArgs, served);
  await served.called("sub implement 2");
  const refs = git(project.root, "for-each-ref");

  for (const args of [dispatchArgs, ["resume"]]) {
    const second = await project.agentx(args, served);
    expect(second.exitCode).toBe(2);
    expect(second.stderr).toContain("DISPATCHER_RUNNING");
    expect(second.stderr).toContain(`process ${first.child.pid}`);
    expect(second.stderr).toContain("agentx dispatch plan.md");
  }
  expect(git(project.root, "for-each-ref")).toBe(refs);
  expect(served.names()).toEqual(["sub implement 1", "sub implement 2"]);

  const status = JSON.parse((await project.agentx(["status", "--json"])).stdout) as { dispatcher: unknown };
  expect(status.dispatcher).toMatchObject({ pid: first.child.pid });
  await kill(project, first);
  const after = JSON.parse((await project.agentx(["status", "--json"])).stdout) as { dispatcher: unknown };
  expect(after.dispatcher).toBeNull();
  const resumed = await project.agentx(["resume"], served);
  expect(resumed.exitCode).toBe(0);
  expect(project.read("sub.txt")).toBe("sub\n");
});

test("a finished run makes room: the next plan starts on its result", async () => {
  const project = projectFor({ plan: subPlan });
  const served = await serveTwisted(subScript);
  expect((await project.agentx(dispatchArgs, served)).exitCode).toBe(0);
  commitFiles(project.root, { "plan.md": subPlan, "sub.txt": "changed\n" }, "again");
  expect((await project.agentx(dispatchArgs, served)).exitCode).toBe(0);
  expect(git(project.root, "log", "--format=%s")).toBe(
    "Add subtraction\nagain\nAdd subtraction\nplan\nstart",
  );
});

test("a suspended dispatcher keeps its place, goes on where it was, and merges nothing once another has its place", async () => {
  const project = projectFor({ plan: subPlan });
  const held = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const heard: (() => void)[] = [];
  const asked = held.map(() => new Promise<void>((resolve) => heard.push(resolve)));
  let calls = 0;
  const served = await serveModels(project, subScript, {
    instead: async () => {
      const nth = calls;
      calls += 1;
      heard[nth]?.();
      await held[nth]?.promise;
      return null;
    },
  });
  const first = project.start(dispatchArgs, served);
  await asked[0];
  first.child.kill("SIGSTOP");
  const beside = join(project.folder, "beside");
  git(project.root, "worktree", "add", "--quiet", beside);
  // Another checkout of the same repository is no way around it.
  for (const [cwd, args] of [
    [project.root, ["resume"]],
    [beside, dispatchArgs],
    [project.root, ["clean", "--all"]],
  ] as const) {
    const refused = await project.agentx([...args], { ...served, cwd });
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining("DISPATCHER_RUNNING")]);
    expect(refused.stderr).toContain(`process ${first.child.pid}`);
    expect(refused.stderr).toContain(`in ${project.root}`);
  }
  held[0]?.resolve();
  first.child.kill("SIGCONT");
  await asked[1];

  first.child.kill("SIGSTOP");
  for (const folder of [".agentx", ".git/agentx"]) rmSync(join(project.root, folder, "lock.db"));
  expect(await project.agentx(["resume"], served)).toMatchObject({ exitCode: 0 });
  held[1]?.resolve();
  first.child.kill("SIGCONT");
  const woken = await first.ended;

  expect([woken.exitCode, woken.stderr]).toEqual([1, expect.stringContaining("DISPATCHER_REPLACED")]);
  expect(eventsOfType(woken.events, "task.merged")).toEqual([]);
  expect(git(project.root, "log", "--format=%s", "main")).toBe("Add subtraction\nplan\nstart");
  expect((await project.agentx(["status"])).stdout).toMatch(/sub +merged/);
});
