import { spawn } from "node:child_process";
import { expect, onTestFinished, test } from "vitest";
import { noSpend } from "../../src/core/usage.ts";
import { createRunControl } from "../../src/engine/run-control.ts";
import { startRun } from "../../src/engine/run-session.ts";
import { openWorkspace } from "../../src/engine/workspace.ts";
import { ownerVariable } from "../../src/git/git-env.ts";
import { noneProvider } from "../../src/sandbox/none.ts";
import { hookFailpoints } from "../../src/sys/failpoint.ts";
import { makeRepository } from "../git/make-repository.ts";
import { plan, settings, task } from "../support/core-run.ts";

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
    {
      watch: {
        onEvent: () => {},
        onActivity: () => {},
        log: () => {},
        control: createRunControl(),
        waitForAnswers: false,
      },
      sandboxes: noneProvider({ path: "", home }),
      now: () => 0,
      command: "agentx dispatch",
    },
  );
  await expect(started).rejects.toThrow("far enough");
  expect(seen).toEqual(["git ends", "git.update-ref"]);
});
