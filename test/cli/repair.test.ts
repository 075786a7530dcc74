import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { EventBody } from "../../src/core/event.ts";
import { createWorktreePool } from "../../src/git/worktrees/worktree-pool.ts";
import { openJournal } from "../../src/journal/journal.ts";
import { acquireDispatcherLock } from "../../src/journal/lock.ts";
import { repositoryHome } from "../../src/sys/paths.ts";
import { git, makeRepository, type Made } from "../git/make-repository.ts";
import { task } from "../support/core-run.ts";
import { attempt, journalRun } from "./a-journal.ts";
import { agentx, type Said } from "./a-terminal.ts";

type Place = Made & { home: string; repair: (...args: string[]) => Promise<Said>; refs: () => string[] };

async function aRepository(): Promise<Place> {
  const made = await makeRepository();
  const env = { AGENTX_HOME: made.home };
  return {
    ...made,
    home: repositoryHome(env, made.root, null),
    repair: (...args) => agentx(made.root, ["doctor", "--repair", ...args], { env }),
    refs: () => git(made.root, "for-each-ref", "--format=%(refname) %(objectname)").split("\n"),
  };
}

/** A commit that would be a task's, on `parent`, in no branch. */
function commit(root: string, parent: string, message: string): string {
  const name = message.split("\n")[0] ?? "";
  writeFileSync(join(root, `${name}.txt`), `${name}\n`);
  git(root, "add", `${name}.txt`);
  const tree = git(root, "write-tree");
  git(root, "reset", "--quiet", "--hard");
  return git(root, "commit-tree", tree, "-p", parent, "-m", message);
}

function merge(root: string, parent: string, name: string): string {
  return commit(root, parent, `${name}\n\nAgentx-Run: r1\nAgentx-Task: ${name}`);
}

function worked(name: string, head: string): EventBody {
  return { type: "worker.finished", task: name, commit: head, files: [], note: "" };
}

function orphan(env: Record<string, string>): ChildProcess {
  const child = spawn("sleep", ["600"], {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdio: "ignore",
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

test("what a dead run has left is shown with its reasons, and goes only when that is wanted, with nothing lost", async () => {
  const { repo, root, base, home, repair, refs } = await aRepository();
  const pool = createWorktreePool({ repo, home });
  const lease = (number: number, branch: string): Promise<{ path: string }> =>
    pool.lease({ number, branch, commit: base });
  const stray = await lease(1, "agentx/gone1/work");
  writeFileSync(join(stray.path, "unsaved.txt"), "unsaved\n");
  git(root, "branch", "agentx/gone1/integration", commit(root, base, "unmerged"));
  git(root, "branch", "agentx/gone1/old", base);
  const deleted = await lease(2, "agentx/r1/deleted");
  rmSync(deleted.path, { recursive: true });
  mkdirSync(join(home, "scratch/gone1/work"), { recursive: true });
  mkdirSync(join(home, "agents/r1"), { recursive: true });
  mkdirSync(join(home, "doors/999999999-x"), { recursive: true });
  const old = new Date(Date.now() - 120_000);
  for (const lock of ["index.lock", "refs/heads/main.lock"]) {
    writeFileSync(join(root, ".git", lock), "");
    utimesSync(join(root, ".git", lock), old, old);
  }
  writeFileSync(join(root, ".git/config.lock"), "");
  const ours = orphan({ AGENTX_PORT_BASE: "1", PWD: join(home, "worktrees/1") });
  const others = orphan({ AGENTX_PORT_BASE: "1", PWD: join(`${home}-other`, "worktrees/1") });
  // A branch of the person's own, a branch of a run in another checkout, and one that another checkout stands on.
  git(root, "branch", "agentx-mine");
  git(root, "worktree", "add", "--quiet", "-b", "second", "../second");
  journalRun(join(root, "../second"), { run: "r2", tasks: [task("far")], base, events: [] });
  git(root, "branch", "agentx/r2/far");
  journalRun(root, { tasks: [task("deleted")], base, events: [attempt("deleted", { base, worktree: 2 })] });
  git(root, "branch", "agentx/r1/integration");
  const before = refs();

  const shown = await repair();
  expect(shown.code).toBe(1);
  expect(shown.stdout).toMatch(/^10 things to mend:/);
  expect(shown.stdout).toContain("config.lock is younger than a minute");
  expect(shown.stdout).toContain("because no journal of this repository knows its run");
  expect(shown.stderr).toContain("Nothing was changed");
  expect(refs()).toEqual(before);
  expect(existsSync(join(root, ".git/index.lock"))).toBe(true);

  const done = await repair("--yes");
  expect(done.stdout).toContain("nothing is to be mended");
  expect(done.code).toBe(0);
  const rescued = refs().filter((ref) => ref.startsWith("refs/agentx/rescue/"));
  expect(rescued.map((ref) => ref.replace(/-\d{4}-.*/, "")).toSorted()).toEqual([
    "refs/agentx/rescue/agentx/gone1/integration",
    "refs/agentx/rescue/agentx/gone1/work",
  ]);
  const held = rescued.map((ref) => git(root, "ls-tree", "--name-only", ref.split(" ")[1] ?? ""));
  expect(held.join("\n")).toContain("unsaved.txt");
  expect(held.join("\n")).toContain("unmerged.txt");
  expect(git(root, "for-each-ref", "--format=%(refname:short)", "refs/heads").split("\n")).toEqual([
    "agentx-mine",
    "agentx/r1/deleted",
    "agentx/r1/integration",
    "agentx/r2/far",
    "main",
    "second",
  ]);
  for (const gone of ["worktrees/1", "scratch/gone1", "doors/999999999-x"]) {
    expect(existsSync(join(home, gone)), gone).toBe(false);
  }
  expect(existsSync(join(home, "agents/r1"))).toBe(true);
  expect(existsSync(join(root, ".git/index.lock"))).toBe(false);
  expect(existsSync(join(root, ".git/config.lock"))).toBe(true);
  expect(git(root, "worktree", "list")).not.toContain("worktrees/2");
  expect([ours.signalCode ?? ours.exitCode, others.signalCode ?? others.exitCode]).toEqual(["SIGTERM", null]);
});

test("where the journal and git disagree, the journal's merges are put back and git's are recorded", async () => {
  const { root, base, repair, refs } = await aRepository();
  const [one, two, byHand] = ["one", "two", "three"].map((name) => merge(root, base, name));
  const landed = merge(root, one ?? "", "two");
  const waiting = commit(root, base, "work-on-four");
  const lost = "1".repeat(40);
  journalRun(root, {
    tasks: ["one", "two", "three", "four", "five"].map((name) => task(name)),
    base,
    events: [
      { type: "baseline.finished", verdicts: [] },
      attempt("one", { base, worktree: 1 }),
      worked("one", one ?? ""),
      { type: "task.merged", task: "one", commit: one ?? "" },
      attempt("two", { base, worktree: 1 }),
      worked("two", two ?? ""),
      attempt("four", { base, worktree: 2 }),
      worked("four", waiting),
      attempt("five", { base, worktree: 3 }),
      worked("five", lost),
    ],
  });
  const integration = "refs/heads/agentx/r1/integration";
  const tip = (): string => git(root, "rev-parse", integration);

  // In the branch and not in the journal; a task's branch gone; a commit gone.
  git(root, "branch", "agentx/r1/two", two ?? "");
  git(root, "update-ref", integration, landed);
  const first = await repair("--yes");
  expect(first.code).toBe(0);
  expect(first.stdout).toContain("record that two merged");
  expect(first.stdout).toContain("make agentx/r1/four again");
  expect(first.stdout).toContain("let five be worked on again");
  const status = await agentx(root, ["status", "--json"]);
  const { tasks } = JSON.parse(status.stdout) as {
    tasks: { id: string; state: string; merged: string | null }[];
  };
  expect(tasks.map(({ id, state }) => `${id} ${state}`)).toEqual([
    "one merged",
    "two merged",
    "three pending",
    "four gating",
    "five pending",
  ]);
  expect(tasks[1]?.merged).toBe(landed);
  expect(git(root, "rev-parse", "agentx/r1/four")).toBe(waiting);

  // Deleted; moved back; moved elsewhere, with somebody's commit on it.
  git(root, "update-ref", "-d", integration);
  expect((await repair("--yes")).stdout).toContain("it was deleted");
  expect(tip()).toBe(landed);
  git(root, "update-ref", integration, base);
  expect((await repair("--yes")).stdout).toContain("without merges that the journal has");
  expect(tip()).toBe(landed);
  git(root, "update-ref", integration, byHand ?? "");
  expect((await repair("--yes")).code).toBe(0);
  expect(tip()).toBe(landed);
  expect(
    refs()
      .filter((ref) => ref.includes("rescue"))
      .map((ref) => ref.split(" ")[1]),
  ).toEqual([byHand]);

  // Somebody's commit on top is theirs, and stays.
  git(root, "update-ref", integration, commit(root, landed, "mine"));
  const last = await repair("--json");
  expect(JSON.parse(last.stdout)).toMatchObject({
    repairs: [],
    notes: [expect.stringContaining("a commit that agentx did not merge")],
  });
});

test("a damaged journal is restored to its last true event, and what git has beyond it is recorded", async () => {
  const { root, base, repair } = await aRepository();
  const one = merge(root, base, "one");
  const note: EventBody = { type: "note.added", task: "one", text: "n".repeat(200) };
  journalRun(root, {
    tasks: [task("one")],
    base,
    events: [
      attempt("one", { base }),
      worked("one", one),
      note,
      note,
      note,
      { type: "task.merged", task: "one", commit: one },
    ],
  });
  git(root, "branch", "agentx/r1/integration", one);
  git(root, "branch", "agentx/r1/one", one);
  const file = join(root, ".agentx/journal.db");
  const bytes = readFileSync(file);
  const at = bytes.indexOf("task.merged");
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);

  const refused = await agentx(root, ["status"]);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("JOURNAL_DAMAGED");
  expect(refused.stderr).toContain("agentx doctor --repair");
  const shown = await repair();
  expect(shown.code).toBe(1);
  expect(shown.stdout).toContain("r1 up to event 6, of 7");
  expect(readFileSync(file)).toEqual(bytes);

  const done = await repair("--yes");
  expect(done.code).toBe(0);
  expect(done.stdout).toMatch(/done +restore the journal.*the damaged files are in .*damaged-/);
  expect(done.stdout).toContain("record that one merged");
  using journal = openJournal({ folder: join(root, ".agentx"), readOnly: true });
  expect(journal.events("r1").at(-1)).toMatchObject({ seq: 7, type: "task.merged", commit: one });
});

test("while a dispatcher runs nothing is mended", async () => {
  const { root, repair } = await aRepository();
  using _lock = acquireDispatcherLock({
    folder: join(root, ".agentx"),
    pid: process.pid,
    since: 0,
    command: "agentx dispatch",
    root,
  });
  const { code, stderr } = await repair("--yes");
  expect(code).toBe(2);
  expect(stderr).toContain("DISPATCHER_RUNNING");
});
