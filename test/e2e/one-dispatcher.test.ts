import { expect, test } from "vitest";
import { dispatchArgs, kill, projectFor } from "./killed.ts";
import { commitFiles, git } from "./project.ts";
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
