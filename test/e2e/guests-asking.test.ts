import { expect, test } from "vitest";
import { commandProject, dispatchArgs, waitsForNote } from "./command-project.ts";
import { kill } from "./killed.ts";
import { eventsOfType, git } from "./project.ts";
import { processesWith, until } from "../support/processes.ts";

/** Leaves a line when it starts and one when it is answered, each with its own process id. */
const asks = `
echo "started as $$" >> trace.txt
answer=$(agentx ask "Which colour?" --option blue --option green) || exit 1
echo "$answer for $$" >> trace.txt
cp {prompt_file} prompt.txt`;

const two = { a: [], b: ["agent: slow"] };

test("a command that asks goes on in the very process that asked, when it is answered meanwhile", async () => {
  const { project, env } = await commandProject({
    commands: { mine: asks, slow: waitsForNote },
    tasks: two,
  });
  const started = project.start(dispatchArgs, { env });
  await started.event("question.asked");

  const answered = await project.agentx(["answer", "1", "2"]);
  await started.event("task.merged", ({ task }) => task === "a");
  await project.agentx(["note", "b", "go"]);
  const ran = await started.ended;

  expect(answered.stderr).toMatch(/Answered: green; the run \S+ goes on/);
  expect(ran.exitCode, ran.stderr).toBe(0);
  expect(eventsOfType(ran.events, "question.asked")).toMatchObject([
    { question: { kind: "worker", task: "a", text: "Which colour?", options: ["blue", "green"] } },
  ]);
  const [, pid = ""] = /^started as (\d+)$/m.exec(git(project.root, "show", "main:trace.txt")) ?? [];
  expect(git(project.root, "show", "main:trace.txt")).toBe(`started as ${pid}\ngreen for ${pid}`);
  expect(git(project.root, "show", "main:b.txt")).toBe("two");
  await until(() => processesWith(project.folder).length === 0);
});

test("questions as files work the same, also of a command that asks no model", async () => {
  const byFile = `
echo "started as $$" >> trace.txt
echo "Which colour?" > "$AGENTX_IPC/001.question"
until test -s "$AGENTX_IPC/001.answer"; do sleep 0.1; done
echo "$(cat "$AGENTX_IPC/001.answer") for $$" >> trace.txt
touch "$AGENTX_IPC/001.done"`;
  const { project, env } = await commandProject({
    commands: { mine: byFile, slow: waitsForNote },
    modelless: ["mine", "slow"],
    tasks: two,
  });
  const started = project.start(dispatchArgs, { env });
  await started.event("question.asked");

  await project.agentx(["answer", "1", "green"]);
  await started.event("task.merged", ({ task }) => task === "a");
  await project.agentx(["note", "b", "go"]);
  const ran = await started.ended;

  expect(ran.exitCode, ran.stderr).toBe(0);
  expect(git(project.root, "show", "main:trace.txt")).toMatch(/^started as (\d+)\ngreen for \1$/);
});

test.each([
  ["by agentx ask", asks],
  [
    "by a file",
    `
echo "started as $$" >> trace.txt
test -e "$AGENTX_IPC/001.question" || echo "Which colour?" > "$AGENTX_IPC/001.question"
until test -s "$AGENTX_IPC/001.answer"; do sleep 0.1; done
echo "$(cat "$AGENTX_IPC/001.answer") for $$" >> trace.txt
cp {prompt_file} prompt.txt`,
  ],
])(
  "a dispatcher killed while a command waits (%s): answered later, it starts afresh and knows",
  async (_, mine) => {
    const modelless = mine === asks ? [] : ["mine"];
    const { project, env } = await commandProject({
      commands: { mine, slow: waitsForNote },
      modelless,
      tasks: two,
    });
    const started = project.start(dispatchArgs, { env });
    await started.event("question.asked");
    await kill(project, started);

    expect((await project.agentx(["questions"])).stdout).toContain("Which colour?");
    const answered = await project.agentx(["answer", "1", "green"]);
    expect(answered.exitCode).toBe(0);
    await project.agentx(["note", "b", "go"]);
    const ran = await project.agentx(["resume", "--json"], { env });

    expect(ran.exitCode, ran.stderr + ran.stdout).toBe(0);
    const trace = git(project.root, "show", "main:trace.txt").split("\n");
    expect(trace.filter((line) => line.startsWith("started as"))).toHaveLength(2);
    const prompt = git(project.root, "show", "main:prompt.txt");
    expect(prompt).toContain('<task id="a"');
    expect(prompt).toContain("Which colour?");
    expect(prompt).toContain("The person answers: green");
    expect(eventsOfType(ran.events, "attempt.started").filter(({ task }) => task === "a")).toMatchObject([
      { attempt: 1, assignment: { type: "answer", text: "green" } },
    ]);
    await until(() => processesWith(project.folder).length === 0);
  },
);

test("a run whose only task asks ends with it, and the answer starts the command afresh", async () => {
  const { project, env } = await commandProject({ commands: { mine: asks }, modelless: ["mine"] });

  const asked = await project.agentx(dispatchArgs, { env });
  expect(asked.exitCode, asked.stderr).toBe(3);
  await until(() => processesWith(project.folder).length === 0);
  await project.agentx(["answer", "1", "blue"]);
  const ran = await project.agentx(["resume", "--json"], { env });

  expect(ran.exitCode, ran.stderr).toBe(0);
  // It asks again in the same words, and is not asked of the person again.
  expect(eventsOfType(ran.events, "question.asked")).toEqual([]);
  expect(git(project.root, "show", "main:trace.txt")).toMatch(
    /^started as \d+\nstarted as (\d+)\nblue for \1$/,
  );
});

test("a task that is canceled while its question waits is gone at once, and its question with it", async () => {
  const { project, env } = await commandProject({
    commands: { mine: `${asks}; sleep 86397`, slow: waitsForNote },
    tasks: two,
  });
  const started = project.start(dispatchArgs, { env });
  await started.event("question.asked");
  expect(processesWith("Which colour?").length).toBeGreaterThan(0);

  const canceled = await project.agentx(["cancel", "a"]);
  await started.event("task.canceled");
  const at = performance.now();
  await until(() => processesWith("Which colour?").length === 0);
  expect(performance.now() - at).toBeLessThan(2_000);

  expect(canceled.exitCode).toBe(0);
  expect((await project.agentx(["questions"])).stdout).not.toContain("Which colour?");
  await project.agentx(["note", "b", "go"]);
  const ran = await started.ended;
  expect(ran.exitCode).toBe(1);
  expect(git(project.root, "show", "main:b.txt")).toBe("two");
  await until(() => processesWith(project.folder).length === 0);
});
