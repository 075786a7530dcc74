import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { EventBody } from "../../src/core/event.ts";
import { createWorktreePool } from "../../src/git/worktrees/worktree-pool.ts";
import { repositoryHome } from "../../src/sys/paths.ts";
import { commitFiles, git, makeRepository, type Made } from "../git/make-repository.ts";
import { task } from "../support/core-run.ts";
import { attempt, journalRun } from "./a-journal.ts";
import { agentx } from "./a-terminal.ts";

const branch = "agentx/r1/login";

/** A worker has handed over a commit on the task's branch; its worktree is still there. */
async function handedOver(): Promise<Made & { env: { AGENTX_HOME: string }; head: string; path: string }> {
  const made = await makeRepository();
  const { repo, root, base } = made;
  const env = { AGENTX_HOME: made.home };
  const pool = createWorktreePool({ repo, home: repositoryHome(env, root, null) });
  const worktree = await pool.lease({ number: 1, branch, commit: base });
  writeFileSync(join(worktree.path, "src/a.txt"), Buffer.from("one\nz\xfcri\r\nthree\n", "latin1"));
  writeFileSync(join(worktree.path, "logo.bin"), Buffer.from([0, 1, 2, 255]));
  const snapshot = await pool.snapshot(worktree, { message: "work", parents: [base], base });
  return { ...made, env, head: snapshot?.commit ?? "", path: worktree.path };
}

const worked = (commit: string): EventBody => ({
  type: "worker.finished",
  task: "login",
  commit,
  files: ["src/a.txt"],
  note: "",
});

test("the patch of what was handed over applies byte for byte", async () => {
  const { root, base, env, head } = await handedOver();
  journalRun(root, { tasks: [task("login")], base, events: [attempt("login", { base }), worked(head)] });
  const patch = execFileSync(
    process.execPath,
    [join(import.meta.dirname, "../../src/main.ts"), "diff", "login"],
    {
      cwd: root,
      env: { ...process.env, ...env },
    },
  );
  execFileSync("git", ["apply", "--index", "--whitespace=nowarn"], { cwd: root, input: patch });
  expect(git(root, "write-tree")).toBe(git(root, "rev-parse", `${head}^{tree}`));
});

test("on a terminal it is painted, and carries no control characters of its own", async () => {
  const { root, base, env, head } = await handedOver();
  journalRun(root, { tasks: [task("login")], base, events: [attempt("login", { base }), worked(head)] });
  const painted = await agentx(root, ["diff", "login"], { env, isTTY: true });
  expect(painted.stdout).toContain("\u001b[31m-two\u001b[39m");
  const plain = await agentx(root, ["diff", "login"], { env: { ...env, NO_COLOR: "1" }, isTTY: true });
  expect(plain.stdout).toContain("\n-two\n");
  expect(plain.stdout).not.toContain("\u001b");
});

test("newer work in the worktree is said on stderr, and is not part of the patch", async () => {
  const { root, base, env, head, path } = await handedOver();
  journalRun(root, { tasks: [task("login")], base, events: [attempt("login", { base }), worked(head)] });
  expect((await agentx(root, ["diff", "login"], { env })).stderr).toBe("");
  writeFileSync(join(path, "new.txt"), "new\n");
  const { stdout, stderr } = await agentx(root, ["diff", "login"], { env });
  expect(stderr).toContain(path);
  expect(stdout).not.toContain("new.txt");
});

test("before anything was handed over it says so", async () => {
  const { root, base } = await makeRepository();
  journalRun(root, { tasks: [task("login")], base, events: [attempt("login", { base })] });
  const said = await agentx(root, ["diff", "login"]);
  expect(said).toMatchObject({
    code: 0,
    stdout: "",
    stderr: "login is working; nothing was handed over yet.\n",
  });
});

test("of a merged task it is the change that landed, not what was handed over", async () => {
  const { root, base, env, head } = await handedOver();
  const onto = commitFiles(root, { "other.txt": "other\n" });
  const candidate = commitFiles(root, { "landed.txt": "landed\n" });
  journalRun(root, {
    tasks: [task("login")],
    base,
    events: [
      attempt("login", { base }),
      worked(head),
      { type: "merge.started", task: "login" },
      { type: "merge.prepared", task: "login", candidate, onto },
      { type: "task.merged", task: "login", commit: candidate },
    ],
  });
  const { stdout } = await agentx(root, ["diff", "login"], { env });
  expect(stdout).toContain("+landed");
  expect(stdout).not.toContain("other.txt");
});
