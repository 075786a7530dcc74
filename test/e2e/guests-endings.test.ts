import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repositoryHome } from "../../src/sys/paths.ts";
import { commandProject, dispatchArgs, waitsForNote } from "./command-project.ts";
import { eventsOfType, git, type Project } from "./project.ts";
import { processesWith, until } from "../support/processes.ts";

const endings: { how: string; command: string; kind: string; says: RegExp; limits?: object }[] = [
  {
    how: "with exit code 1",
    command: "echo 'cart.js:4 TypeError: no cart' >&2; exit 1",
    kind: "agent",
    says: /mine: exit code 1: cart\.js:4 TypeError: no cart/,
  },
  {
    how: "with a program that is not there",
    command: "true && no-such-worker --do it",
    kind: "provider",
    says: /mine: command not found: .*no-such-worker/,
  },
  {
    how: "by a signal",
    command: "kill -9 $$",
    kind: "agent",
    says: /mine: it was killed by SIGKILL/,
  },
  {
    how: "never, and talks all the time",
    command: "while true; do echo still here; sleep 0.05; done",
    kind: "limit",
    says: /the attempt took longer than 3 s/,
    limits: { minutes: 0.05 },
  },
  {
    how: "never, and says nothing",
    command: "sleep 86396",
    kind: "stall",
    says: /no sign of life from mine for 2 s/,
    limits: { stall: "2s" },
  },
];

/** `agentx status` as one line of words: how wide it is cut is not what these are about. */
async function statusOf(project: Project): Promise<string> {
  return (await project.agentx(["status"])).stdout.replaceAll(/\s+/g, " ");
}

test.each(endings)(
  "a worker that vanished holds the run up: a command that ends $how is told apart",
  async ({ command, kind, says, limits = {} }) => {
    const { project, env } = await commandProject({
      commands: { mine: command },
      settings: { maxAttempts: 1, limits },
    });

    const ran = await project.agentx(dispatchArgs, { env });

    expect(ran.exitCode).toBe(3);
    expect(eventsOfType(ran.events, "attempt.failed").map(({ failure }) => failure.kind)).toEqual([kind]);
    expect(await statusOf(project)).toMatch(says);
    await until(() => processesWith(project.folder).length === 0);
  },
);

test("a command that ends well and changes nothing has not done its task, and is told so", async () => {
  const { project, env } = await commandProject({
    commands: { mine: "grep -q 'changed no file' {prompt_file} && echo one > a.txt; echo all is well" },
    settings: { maxAttempts: 2 },
  });

  const ran = await project.agentx(dispatchArgs, { env });

  expect(ran.exitCode, ran.stdout).toBe(0);
  expect(eventsOfType(ran.events, "worker.finished").map(({ commit }) => commit === null)).toEqual([
    true,
    false,
  ]);
  expect(git(project.root, "show", "main:a.txt")).toBe("one");
  const home = repositoryHome({ AGENTX_HOME: project.env["AGENTX_HOME"] }, project.root, null);
  const left = ["agents", "doors"].map((kind) => readdirSync(join(home, kind), { recursive: true }));
  expect(left, "HOMEs and doors").toEqual([[eventsOfType(ran.events, "run.started")[0]?.run], []]);
});

test("a failed gate merges anyway: never; it comes back with the useful lines, and the mended work lands", async () => {
  const mine = `
if grep -q 'broken is there' {prompt_file}; then rm broken; cp {prompt_file} prompt.txt; else cp {prompt_file} first.txt; touch broken; fi`;
  const { project, env } = await commandProject({ commands: { mine } });

  const ran = await project.agentx(dispatchArgs, { env });

  expect(ran.exitCode, ran.stderr + ran.stdout).toBe(0);
  const gates = eventsOfType(ran.events, "gates.finished").filter(({ on }) => on === "task");
  expect(gates.map(({ verdicts }) => verdicts[0]?.type)).toEqual(["failed", "passed"]);
  const prompt = git(project.root, "show", "main:prompt.txt");
  expect(prompt).toMatch(/did not pass the gates[^]*Gate check \(sh check\.sh\) failed with exit code 1/);
  expect(prompt).toContain("check.sh:1: broken is there");
  expect(prompt).toContain('<task id="a"');
  const shown = await project.agentx(["context", "a", "--full"]);
  expect(shown.stdout.trimEnd()).toBe(git(project.root, "show", "main:first.txt"));
});

test("a note reaches a command that asks for it; one that does not is started again with it", async () => {
  const deaf =
    "if grep -q 'Note from the person: in lower case' {prompt_file}; then cp {prompt_file} a.txt; else sleep 5; fi";
  const { project, env } = await commandProject({
    commands: { mine: deaf, listens: waitsForNote },
    tasks: { a: [], b: ["agent: listens"] },
  });
  const started = project.start(dispatchArgs, { env });
  await started.event("agent.started", ({ task }) => task === "a");
  await started.event("agent.started", ({ task }) => task === "b");

  const [told] = await Promise.all([
    project.agentx(["note", "a", "in lower case"]),
    project.agentx(["note", "b", "go"]),
  ]);
  const ran = await started.ended;

  expect(told.stderr).toContain("at its next start");
  expect(ran.exitCode, ran.stderr + ran.stdout).toBe(0);
  expect(git(project.root, "show", "main:a.txt")).toContain("Note from the person: in lower case");
  expect(git(project.root, "show", "main:b.txt")).toBe("two");
  expect(
    eventsOfType(ran.events, "note.delivered")
      .map(({ task, text }) => `${task} ${text}`)
      .toSorted(),
  ).toEqual(["a in lower case", "b go"]);
});
