import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { noSpend } from "../../src/core/usage.ts";
import { createRunControl } from "../../src/engine/run-control.ts";
import { resumeRun, startRun } from "../../src/engine/run-session.ts";
import { openWorkspace, type Workspace } from "../../src/engine/workspace.ts";
import { ownerVariable } from "../../src/git/processes/git-env.ts";
import { noneProvider } from "../../src/sandbox/none.ts";
import { hookFailpoints } from "../../src/sys/failpoint.ts";
import { journalRun } from "../cli/a-journal.ts";
import { makeRepository } from "../git/make-repository.ts";
import { plan, settings, task } from "../support/core-run.ts";

type Session = Parameters<typeof startRun>[2];

function unwatched({ home }: Workspace): Session {
  return {
    watch: {
      onEvent: () => {},
      onActivity: () => {},
      log: () => {},
      control: createRunControl(),
      waitForAnswers: false,
      standing: { add: () => undefined, of: () => "" },
    },
    sandboxes: noneProvider({ path: process.env["PATH"] ?? "", home }),
    now: () => 0,
    command: "agentx dispatch",
  };
}

test("a run touches nothing while git of a dispatcher before it still works in the repository", async () => {
  const { root, base, home } = await makeRepository();
  const workspace = await openWorkspace(root, { AGENTX_HOME: home });
  const env = { ...process.env, [ownerVariable]: "1" };
  // Ends when its input does.
  const earlier = spawn("git", ["cat-file", "--batch"], {
    cwd: root,
    env,
    stdio: ["pipe", "ignore", "ignore"],
  });
  onTestFinished(() => void earlier.kill("SIGKILL"));
  onTestFinished(() => hookFailpoints(null));
  const seen: string[] = [];
  hookFailpoints(({ effect, edge }) => {
    if (/^(lock|journal)\./.test(effect)) {
      if (effect === "journal.append" && edge === "after")
        setTimeout(() => (seen.push("git ends"), earlier.stdin.end()), 300);
      return;
    }
    hookFailpoints(null);
    seen.push(effect);
    throw new Error("far enough");
  });

  const started = startRun(
    workspace,
    {
      run: "r1",
      plan: plan(task("one")),
      settings: settings(),
      base: { branch: "main", commit: base },
      planning: noSpend,
    },
    unwatched(workspace),
  );
  await expect(started).rejects.toThrow("far enough");
  expect(seen).toEqual(["git ends", "git.update-ref"]);
});

test("a resumed run removes what a killed one has left of HOMEs and doors, and nothing of who is alive", async () => {
  const { root, base, home: state } = await makeRepository();
  const tasks = [task("one", { done: true }), task("two")];
  journalRun(root, { tasks, base, events: [{ type: "task.canceled", task: "two" }] });
  const workspace = await openWorkspace(root, { AGENTX_HOME: state });
  const { home } = workspace;
  const [dead, alive] = [`${spawnSync("true").pid}-a`, `${process.ppid}-b`];
  for (const folder of ["agents/r1/one", "agents/r1/two", `doors/${dead}/1`, `doors/${alive}/1`])
    mkdirSync(join(home, folder), { recursive: true });

  const { phase } = await resumeRun(workspace, null, unwatched(workspace));

  expect(phase).toBe("finished");
  // Who takes up a canceled task again finds what its guest had.
  expect(readdirSync(join(home, "agents/r1"))).toEqual(["two"]);
  expect(readdirSync(join(home, "doors"))).toEqual([alive]);
});
