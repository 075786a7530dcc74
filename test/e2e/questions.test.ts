import { expect, test } from "vitest";
import { commitFiles, eventsOfType, git, serveModels } from "./project.ts";
import { smallProject } from "./small-run.ts";
import { aboutOf, approval, asks, finishes, lastWords, planOf, requestsFor, writes, wrote } from "./turns.ts";

const asking = {
  implement: [
    asks("Which colour?", { options: ["blue", "green"], default: "green" }),
    writes({ "a.txt": "in colour\n" }),
    finishes(),
  ],
  review: [approval],
};

test("a question gives the slot to another task, and its answer goes on with the very conversation", async () => {
  const project = smallProject();
  commitFiles(project.root, { "plan.md": planOf({ a: [], b: [] }) });
  const { server, env } = await serveModels(project, {
    tasks: { a: asking, b: wrote({ "b.txt": "two\n" }) },
  });

  const asked = await project.agentx(["dispatch", "plan.md", "--yes", "--plain", "--slots", "1"], { env });

  expect(asked.exitCode).toBe(3);
  expect(asked.stderr).toContain("question 1: Which colour?");
  expect(asked.stderr).toContain('agentx answer 1 "…"');
  expect(asked.stderr).toMatch(/agentx resume \S+/);
  expect(asked.stderr).toMatch(/b +merged as/);

  const listed = await project.agentx(["questions"]);
  expect(listed.exitCode).toBe(0);
  expect(listed.stdout).toMatch(/Which colour\?[^]*1 blue[^]*2 green \(default\)[^]*agentx answer 1/);
  const data = await project.agentx(["questions", "--json"]);
  expect(JSON.parse(data.stdout)).toMatchObject([{ id: 1, kind: "worker", task: "a", default: "green" }]);

  const answered = await project.agentx(["answer", "1", "blue"]);
  expect(answered.exitCode).toBe(0);
  expect(answered.stderr).toMatch(/goes on with: agentx resume \S+/);

  const ran = await project.agentx(["resume", "--json"], { env });

  expect(ran.exitCode).toBe(0);
  const [first, second] = requestsFor(server, "a");
  expect(second?.messages[0]).toEqual(first?.messages[0]);
  expect(second && lastWords(second)).toContain("The person answers: blue");
  expect(second?.messages.at(-1)?.toolResults).toHaveLength(1);
  expect(eventsOfType(ran.events, "attempt.started")).toMatchObject([{ task: "a", attempt: 1 }]);
  expect(git(project.root, "show", "HEAD:a.txt")).toBe("in colour");
});

test("a question is answered once, and only where one was asked", async () => {
  const project = smallProject();
  commitFiles(project.root, { "plan.md": planOf({ a: [] }) });
  const { env } = await serveModels(project, { tasks: { a: asking } });
  const early = await project.agentx(["answer", "1", "blue"]);
  expect([early.exitCode, early.stderr]).toEqual([2, expect.stringContaining("there is no run here yet")]);
  expect((await project.agentx(["dispatch", "plan.md", "--yes", "--json"], { env })).exitCode).toBe(3);

  const unknown = await project.agentx(["answer", "7", "blue"]);
  const noNumber = await project.agentx(["answer", "colour", "blue"]);
  const empty = await project.agentx(["answer", "1", "  "]);
  const first = await project.agentx(["answer", "1", "blue"]);
  const second = await project.agentx(["answer", "1", "green"]);
  expect((await project.agentx(["resume", "--json"], { env })).exitCode).toBe(0);
  const third = await project.agentx(["answer", "1", "green"]);

  expect([unknown, noNumber, empty, first, second, third].map(({ exitCode }) => exitCode)).toEqual([
    2, 2, 2, 0, 2, 2,
  ]);
  expect(unknown.stderr).toMatch(/question 7:.*has asked no such question[^]*open: 1/);
  expect(noNumber.stderr).toContain("agentx questions lists them");
  expect(empty.stderr).toContain("the answer is empty");
  expect(second.stderr).toContain("it is answered already: blue");
  expect(third.stderr).toContain("it was answered: blue");
});

test("an answer from another terminal is taken while the dispatcher is busy with another task", async () => {
  const project = smallProject();
  commitFiles(project.root, { "plan.md": planOf({ a: [], b: [] }) });
  const merged = Promise.withResolvers<void>();
  const { env } = await serveModels(
    project,
    { tasks: { a: asking, b: wrote({ "b.txt": "two\n" }) } },
    {
      instead: async (request) => {
        if (aboutOf(request).task === "b") await merged.promise;
        return null;
      },
    },
  );
  const started = project.start(["dispatch", "plan.md", "--yes", "--json"], { env });
  await started.event("question.asked");

  const answered = await project.agentx(["answer", "1", "blue"]);
  await started.event("task.merged", ({ task }) => task === "a");
  merged.resolve();
  const ran = await started.ended;

  expect(answered.stderr).toMatch(/Answered; the run \S+ goes on/);
  expect(ran.exitCode).toBe(0);
  expect(eventsOfType(ran.events, "task.merged").map(({ task }) => task)).toEqual(["a", "b"]);
});

test("a question is lost or answered by invention: --defaults answers by the stated default, says so, and still asks where there is none", async () => {
  const project = smallProject();
  commitFiles(project.root, { "plan.md": planOf({ a: [], b: [] }) });
  const { server, env } = await serveModels(project, {
    tasks: { a: asking, b: { implement: [asks("Which size?")] } },
  });

  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--plain", "--defaults"], { env });

  expect(ran.exitCode).toBe(3);
  expect(ran.stderr).toContain("green (by default: nobody was asked)");
  const [, second] = requestsFor(server, "a");
  expect(second && lastWords(second)).toContain("The person answers: green");
  expect(ran.stderr).toMatch(/a +merged as/);
  const listed = await project.agentx(["questions"]);
  expect(listed.stdout).toContain("Which size?");
  expect(listed.stdout).not.toContain("Which colour?");
  // The two were asked in either order.
  const answered = listed.stdout.includes("agentx answer 2") ? "1" : "2";
  const late = await project.agentx(["answer", answered, "blue"]);
  expect([late.exitCode, late.stderr]).toEqual([2, expect.stringContaining("it was answered: green")]);
});
