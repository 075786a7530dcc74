import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { untilOrphansEnd } from "../../src/git/orphans.ts";
import { runGit } from "../../src/git/run-git.ts";
import { write } from "../support/git.ts";
import { until } from "../support/processes.ts";

const callGit = fileURLToPath(new URL("../fixtures/git/call-git.ts", import.meta.url));

test("git that outlives a killed dispatcher is waited for, where one is about to work", async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "agentx-orphans-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  // A checkout of a large repository, in small: it ends when it is told to.
  const script = "#!/bin/sh\n: > began\nuntil test -e go; do sleep 0.02; done\n: > ended\n";
  write(folder, { "bin/git": script, "repo/readme.md": "", "other/readme.md": "" });
  await runGit({ cwd: folder }, ["version"]);
  const [repo, other] = [join(folder, "repo"), join(folder, "other")];
  const chmod = spawn("chmod", ["+x", join(folder, "bin/git")]);
  await once(chmod, "close");
  const env = { ...process.env, PATH: `${join(folder, "bin")}${delimiter}${process.env["PATH"]}` };
  const owner = spawn(process.execPath, [callGit, repo], { env, stdio: "ignore" });
  await until(() => existsSync(join(repo, "began")));
  owner.kill("SIGKILL");
  await once(owner, "close");

  await untilOrphansEnd([other], 0);
  await expect(untilOrphansEnd([repo], 0)).rejects.toThrow(/process \d+/);
  const waited = untilOrphansEnd([repo]);
  write(repo, { go: "" });
  await waited;

  expect(existsSync(join(repo, "ended"))).toBe(true);
});
