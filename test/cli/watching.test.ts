import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openJournal } from "../../src/journal/journal.ts";
import { acquireDispatcherLock } from "../../src/journal/lock.ts";
import type { Message } from "../../src/models/model.ts";
import { git } from "../support/git.ts";
import { makeRepository } from "../git/make-repository.ts";
import { task } from "../support/core-run.ts";
import { asked, attempt, journalRun, startedAt } from "./a-journal.ts";
import { agentx } from "./a-terminal.ts";

async function aRepository(): Promise<string> {
  const { root } = await makeRepository();
  journalRun(root, {
    tasks: [task("login"), task("theme", { needs: ["login"] })],
    events: [attempt("login"), asked(1, "login", "Which cookie?")],
  });
  return root;
}

test("without a run, status says how to start one and ends with 2", async () => {
  const { root } = await makeRepository();
  const { code, stderr } = await agentx(root, ["status"]);
  expect(code).toBe(2);
  expect(stderr).toContain("NO_RUNS");
  expect(stderr).toContain("agentx dispatch");
});

test("in a checkout without a run of a repository that has some elsewhere, status says where", async () => {
  const root = await aRepository();
  const linked = join(root, "..", "linked");
  git(root, "worktree", "add", "--quiet", linked);
  for (const args of [["status"], ["questions"], ["log", "login"], ["resume"]]) {
    const { code, stderr } = await agentx(linked, args);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`there are runs of this repository in ${root}: run it there`),
    ]);
  }
});

test("outside of a repository, status says so and ends with 2", async () => {
  const said = await agentx("/", ["status"]);
  expect(said).toMatchObject({ code: 2, stdout: "" });
  expect(said.stderr).toContain("NOT_A_REPOSITORY");
});

test("status shows tasks and questions, from a folder deep inside too", async () => {
  const root = await aRepository();
  mkdirSync(join(root, "src/deep"), { recursive: true });
  const { code, stdout } = await agentx(join(root, "src/deep"), ["status"], { now: startedAt + 62_000 });
  expect(code).toBe(0);
  expect(stdout).toMatch(/login +blocked.* 1m 00s/);
  expect(stdout).toContain("Which cookie?");
  expect(stdout).toContain("no agentx process works on it now");
});

test("the JSON of status has the documented keys", async () => {
  const root = await aRepository();
  const { stdout } = await agentx(root, ["status", "--json"]);
  const status = JSON.parse(stdout);
  expect(Object.keys(status).join(" ")).toBe(
    "run title source phase startedAt dispatcher base integration tasks questions pending hold pauses spend delivery pullRequest next",
  );
  expect(status).toMatchObject({ run: "r1", phase: "running", startedAt, dispatcher: null, pending: [] });
  expect(status.tasks[0]).toMatchObject({
    id: "login",
    state: "blocked",
    since: startedAt + 2000,
    question: 1,
  });
  expect(status.tasks[1]).toMatchObject({ id: "theme", state: "pending", since: null, needs: ["login"] });
});

test("an answer that nobody has taken yet is listed until a dispatcher runs", async () => {
  const root = await aRepository();
  expect((await agentx(root, ["answer", "1", "Lax, please"])).code).toBe(0);
  const words = "answered: Lax, please; agentx resume r1 goes on";
  for (const command of ["status", "questions"]) {
    const { stdout: shown } = await agentx(root, [command]);
    expect(shown).toContain(words);
    expect(shown).not.toContain("agentx answer");
  }
  const json = JSON.parse((await agentx(root, ["status", "--json"])).stdout);
  expect(json.questions).toMatchObject([{ id: 1, answered: "Lax, please" }]);
  expect(json.next).toMatchObject([{ command: "agentx resume r1" }]);
  const folder = join(root, ".agentx");
  using _lock = acquireDispatcherLock({
    folder,
    pid: process.pid,
    since: startedAt,
    command: "agentx dispatch",
    root,
  });
  const { stdout, stderr } = await agentx(root, ["status"]);
  expect(stdout).not.toContain("answered:");
  expect(stdout).toContain(`worked on by process ${process.pid}`);
  expect(stderr).toBe("");
});

test("a number answers with the option that it is shown with, and one that no option has is refused", async () => {
  const root = await aRepository();
  expect((await agentx(root, ["questions"])).stdout).toMatch(/1 Strict\n +2 Lax/);
  const wrong = await agentx(root, ["answer", "1", "3"]);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toMatch(/NO_SUCH_OPTION question 1: there is no option 3[^]*1 Strict\n +2 Lax/);
  expect((await agentx(root, ["answer", "1", "2"])).stderr).toContain("Answered: Lax. The run goes on with");
});

test("what is empty, or no command line, is refused with a code and what to do", async () => {
  const root = await aRepository();
  const all = [
    [["note", "theme", "  "], /^error EMPTY_NOTE theme: the note is empty\n {2}say what .*agentx note theme/],
    [["dispatch", ""], /^error PRD_EMPTY the command line: the input is empty\n {2}name a file/],
    [
      ["dispatch", "x.md", "--yess"],
      /^error USAGE unknown option '--yess'\n {2}\(Did you mean --yes\?\)\n {2}agentx dispatch --help/,
    ],
    [
      ["dispach"],
      /^error USAGE unknown command 'dispach'\n {2}\(Did you mean dispatch\?\)\n {2}agentx --help/,
    ],
    [["answer", "1"], /^error USAGE missing required argument 'text'\n {2}agentx answer --help/],
    [[], /^Usage: agentx/],
  ] as const;
  for (const [args, said] of all) {
    const { code, stdout, stderr } = await agentx(root, args);
    expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: "" });
    expect(stderr).toMatch(said);
  }
});

test("a retry of what goes on, or is about to be canceled, says what is true", async () => {
  const root = await aRepository();
  const going = await agentx(root, ["retry", "theme"]);
  expect(going.stderr).toContain("ALREADY_GOING theme: the task is pending");
  expect((await agentx(root, ["cancel", "theme"])).code).toBe(0);
  const canceled = await agentx(root, ["retry", "theme"]);
  expect([going.code, canceled.code]).toEqual([2, 2]);
  expect(canceled.stderr).toMatch(/CANCEL_WAITS theme: [^]*agentx resume r1/);
});

test("a dispatcher at another run is not taken for this run's", async () => {
  const root = await aRepository();
  const folder = join(root, ".agentx");
  using _lock = acquireDispatcherLock({
    folder,
    pid: process.pid,
    since: startedAt + 9000,
    command: "agentx resume r2",
    root,
  });
  const { stdout, stderr } = await agentx(root, ["status"]);
  expect(stdout).toContain("no agentx process works on it now");
  expect(stderr).toBe(`Process ${process.pid} works in this repository on another run: agentx resume r2\n`);
});

test("questions lists what waits and ends with 0 either way", async () => {
  const root = await aRepository();
  const { code, stdout } = await agentx(root, ["questions", "--json"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual([
    {
      id: 1,
      kind: "worker",
      task: "login",
      text: "Which cookie?",
      options: ["Strict", "Lax"],
      default: null,
      answered: null,
    },
  ]);
  const { root: other } = await makeRepository();
  journalRun(other, { tasks: [task("a")], events: [] });
  expect(await agentx(other, ["questions"])).toMatchObject({
    code: 0,
    stdout: "no open questions in run r1\n",
  });
});

test("log tells what happened and what was said, without control characters", async () => {
  const root = await aRepository();
  const conversation: Message[] = [
    { role: "user", text: "Do the login." },
    {
      role: "assistant",
      text: "I look\u001b[31m first.",
      toolCalls: [{ id: "1", name: "read", input: { path: "a.ts" } }],
      native: { model: "a/i", value: null },
    },
    { role: "tool", results: [{ id: "1", name: "read", text: "no such file", isError: true }] },
  ];
  using journal = openJournal({ folder: join(root, ".agentx") });
  const stored = journal.conversation<Message>({ run: "r1", task: "login", thread: 1 });
  for (const message of conversation) stored.append(message);
  const { code, stdout } = await agentx(root, ["log", "login"]);
  expect(code).toBe(0);
  expect(stdout).toContain("Which cookie?");
  expect(stdout).toContain(
    'agentx\n  Do the login.\n\na/i\n  I look first.\n  → read {"path":"a.ts"}\n\nread failed\n  no such file',
  );
});

test("log --json gives the task's own events, a line each", async () => {
  const root = await aRepository();
  const { stdout } = await agentx(root, ["log", "login", "--json"]);
  const types = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).type);
  expect(types).toEqual(["attempt.started", "question.asked"]);
});

test("a task that is not there is an error with the likely name", async () => {
  const root = await aRepository();
  for (const command of ["log", "diff"]) {
    const { code, stderr } = await agentx(root, [command, "logn"]);
    expect(code).toBe(2);
    expect(stderr).toContain('Did you mean "login"?');
  }
});
