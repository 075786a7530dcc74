import { expect, test } from "vitest";
import { dispatchArgs, outcomeOf, projectFor, repeated } from "./killed.ts";
import { eventsOfType, git, type Ran } from "./project.ts";
import { processesWith, until } from "../support/processes.ts";
import { neverAnswers, serveTwisted, subPlan, writes } from "./small-run.ts";

const plan = `${subPlan}- [ ] Add multiplication \`#mul\`
  - needs: sub
`;
const script = `tasks:${writes("sub")}${writes("mul")}`;

function resumeCommand(ran: Ran): string {
  const run = eventsOfType(ran.events, "run.started")[0]?.run;
  return `agentx resume ${run}`;
}

test("the first Ctrl-C lets the step under way end, starts nothing new, and says how to go on", async () => {
  const served = await serveTwisted(script);
  const project = projectFor({ plan: plan.replace("  - needs: sub\n", "") });
  const started = project.start(["dispatch", "plan.md", "--yes", "--plain", "--slots=1"], served);
  await served.called("sub implement 1");
  started.child.kill("SIGINT");

  const ran = await started.ended;

  expect(ran.exitCode).toBe(130);
  // The attempt went on to its end; its gates, its review and the next task are for later.
  expect(served.names()).toEqual(["sub implement 1", "sub implement 2"]);
  expect((await outcomeOf(project)).tasks).toEqual(["sub gating 1", "mul pending 0"]);
  expect(ran.stderr).toContain("SIGINT");
  expect(ran.stderr).toMatch(/agentx resume \w+/);
  await until(() => processesWith(project.folder).length === 0);
  expect((await project.agentx(["status"])).stdout).toContain("agentx resume");
  expect((await project.agentx(["resume"], served)).exitCode).toBe(0);
  expect((await outcomeOf(project)).tasks).toEqual(["sub merged 1", "mul merged 1"]);
  expect(repeated(served.names())).toEqual([]);
});

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "a second %s stops a worker that would never have ended, and its work is kept",
  async (signal) => {
    const served = await serveTwisted(script, neverAnswers("sub implement 2"));
    const project = projectFor({ plan });
    const started = project.start(dispatchArgs, served);
    await served.called("sub implement 2");
    started.child.kill(signal);
    await started.event("run.interrupted");
    started.child.kill(signal);

    const ran = await started.ended;

    expect(ran.exitCode).toBe(130);
    expect(eventsOfType(ran.events, "run.interrupted").map(({ again }) => again)).toEqual([undefined, true]);
    await until(() => processesWith(project.folder).length === 0);
    expect((await project.agentx(["status", "--json"])).stdout).toContain(resumeCommand(ran));
    expect((await project.agentx(["resume"], served)).exitCode).toBe(0);
    // What the worker had written before was not asked for again.
    expect(repeated(served.names())).toEqual(["sub implement 2"]);
    expect(git(project.root, "log", "--format=%s", "-2")).toBe("Add multiplication\nAdd subtraction");
  },
);

test("a worker that ignores signals and has made a daemon is stopped by the second Ctrl-C, and soon", async () => {
  const stubborn = script.replace(
    '- call: { tool: finish, note: "sub.txt" }',
    "- call: { tool: shell, command: \"(setsid sleep 86398 &); trap '' INT TERM HUP; sleep 86398\" }\n      - call: { tool: finish, note: done }",
  );
  const served = await serveTwisted(stubborn);
  const project = projectFor({ plan });
  const started = project.start(dispatchArgs, served);
  await until(() => processesWith("sleep\u000086398").length > 1);
  started.child.kill("SIGINT");
  await started.event("run.interrupted");
  const began = performance.now();
  started.child.kill("SIGINT");
  expect((await started.ended).exitCode).toBe(130);
  await until(() => processesWith("sleep\u000086398").length === 0);
  // Two seconds on a machine that has nothing else to do.
  expect(performance.now() - began).toBeLessThan(10_000);
  expect((await project.agentx(["resume"], served)).exitCode).toBe(0);
});
