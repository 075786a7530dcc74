import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runGit, runGitBinary } from "../../../src/git/processes/run-git.ts";
import { isAlive } from "../../../src/sys/is-alive.ts";
import { commitFiles, makeRepository } from "../make-repository.ts";

test("a call that takes too long is ended, with the programs that it has started", async () => {
  const { root } = await makeRepository();
  const pidFile = join(root, "pid");
  const nap = `alias.nap=!echo $$ > '${pidFile}'; exec sleep 600`;
  const asked = runGit({ cwd: root }, ["-c", nap, "nap"], { timeoutMs: 500 });
  await expect(asked).rejects.toThrow("no answer within 500 ms");
  expect(existsSync(pidFile)).toBe(true);
  await expect.poll(() => isAlive(Number(readFileSync(pidFile, "utf8")))).toBe(false);
});

test("the whole output comes, byte for byte, and what is given goes in", async () => {
  const { root } = await makeRepository();
  const bytes = Uint8Array.from({ length: 3 * 1024 ** 2 }, (_, index) => index % 251);
  const hashed = await runGit({ cwd: root }, ["hash-object", "-w", "--stdin"], { input: bytes });
  const { stdout } = await runGitBinary({ cwd: root }, ["cat-file", "blob", hashed.stdout.trim()]);
  expect(Buffer.compare(stdout, bytes)).toBe(0);
});

test("a git that reads nothing of what it is given tells why by its exit code", async () => {
  const { root } = await makeRepository();
  const input = "x".repeat(1024 ** 2);
  const { exitCode } = await runGit({ cwd: root }, ["version"], { input });
  expect(exitCode).toBe(0);
  await expect(runGit({ cwd: root }, ["no-such-command"], { input })).rejects.toThrow("no-such-command");
});

test("what cannot be started is told in the system's words", async () => {
  const { root } = await makeRepository();
  commitFiles(root, { a: "a" });
  const tooLong = "x".repeat(200_000);
  await expect(runGit({ cwd: root }, ["log", tooLong])).rejects.toThrow("E2BIG");
});
