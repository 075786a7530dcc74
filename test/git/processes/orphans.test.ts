import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { untilOrphansEnd } from "../../../src/git/processes/orphans.ts";
import { write } from "../../support/git.ts";
import { until } from "../../support/processes.ts";

const callGit = fileURLToPath(new URL("../../fixtures/git/call-git.ts", import.meta.url));

test("git that outlives a killed dispatcher is waited for, where one is about to work", async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "agentx-orphans-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  // A checkout of a large repository, in small: it ends when it is told to.
  const script =
    "#!/bin/sh\nsleep 100 & echo $! > daemon\n: > began\nuntil test -e go; do sleep 0.02; done\n: > ended\n";
  write(folder, { "bin/git": script, "repo/readme.md": "", "other/readme.md": "" });
  chmodSync(join(folder, "bin/git"), 0o755);
  const [repo, other] = [join(folder, "repo"), join(folder, "other")];
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
  // What git itself has started is not waited for: it would take longer than this test may.
  process.kill(Number(readFileSync(join(repo, "daemon"), "utf8")));

  expect(existsSync(join(repo, "ended"))).toBe(true);
});
