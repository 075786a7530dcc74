import { expect, test } from "vitest";
import { commitFiles, eventsOfType, git, serveModels } from "./project.ts";
import { smallProject } from "./small-run.ts";
import {
  approval,
  finishes,
  lastWords,
  planOf,
  rejection,
  requestsFor,
  writes,
  wrote,
  aboutOf,
} from "./turns.ts";

/** A gate that names the place of every TODO. */
const noTodo = { "check.sh": "! grep -nH TODO *.txt | sed 's/:TODO/: error: a TODO is left/' | grep .\n" };

test("a red gate goes back to the same conversation with the useful lines, and the mended work is merged", async () => {
  const project = smallProject(noTodo);
  commitFiles(project.root, { "plan.md": planOf({ a: [] }) });
  const { server, env } = await serveModels(project, {
    tasks: {
      a: {
        implement: [
          writes({ "a.txt": "TODO\n" }),
          finishes(),
          writes({ "a.txt": "one\n" }),
          finishes("mended"),
        ],
        review: [approval],
      },
    },
  });

  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], { env });

  expect(ran.exitCode).toBe(0);
  const gates = eventsOfType(ran.events, "gates.finished").filter(({ on }) => on === "task");
  expect(gates.map(({ verdicts }) => verdicts[0]?.type)).toEqual(["failed", "passed"]);
  const again = requestsFor(server, "a")[2];
  expect(again && lastWords(again)).toContain("a.txt:1: error: a TODO is left");
  expect(again?.messages.some(({ toolCalls }) => toolCalls.some(({ name }) => name === "finish"))).toBe(true);
  expect(requestsFor(server, "a", "review")).toHaveLength(1);
  expect(git(project.root, "show", "HEAD:a.txt")).toBe("one");
});

test("a rejection has to quote the change, and its finding is what the next attempt is given", async () => {
  const project = smallProject();
  commitFiles(project.root, { "plan.md": planOf({ a: [] }) });
  const wrong = { file: "a.txt", title: "the greeting is rude" };
  const { server, env } = await serveModels(project, {
    tasks: {
      a: {
        implement: [
          writes({ "a.txt": "go away\n" }),
          finishes(),
          writes({ "a.txt": "welcome\n" }),
          finishes(),
        ],
        review: [rejection({ ...wrong, quote: "get lost" }), rejection({ ...wrong, quote: "go away" })],
        "review@2": [approval],
      },
    },
  });

  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], { env });

  expect(ran.exitCode).toBe(0);
  const reviews = requestsFor(server, "a", "review");
  expect(reviews[1] && lastWords(reviews[1])).toContain("the quote is not in a.txt");
  const verdicts = eventsOfType(ran.events, "review.finished").map(({ verdict }) => verdict.type);
  expect(verdicts).toEqual(["rejected", "approved"]);
  const again = requestsFor(server, "a")[2];
  expect(again && lastWords(again)).toContain("the greeting is rude");
  expect(again && lastWords(again)).toContain("about: go away");
  expect(git(project.root, "show", "HEAD:a.txt")).toBe("welcome");
});

test("a review without a verdict counts as approval: never; after two that end in words the person is asked, and the answer has it reviewed again", async () => {
  const project = smallProject();
  commitFiles(project.root, { "plan.md": planOf({ a: [] }) });
  let isAnswered = false;
  const { server, env } = await serveModels(
    project,
    { tasks: { a: wrote({ "a.txt": "one\n" }) } },
    {
      instead: (request) =>
        aboutOf(request).role === "review" && !isAnswered ? { say: "Approved, looks fine." } : null,
    },
  );

  const asked = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], { env });

  expect(asked.exitCode).toBe(3);
  expect(eventsOfType(asked.events, "review.finished").map(({ verdict }) => verdict.type)).toEqual([
    "missing",
    "missing",
  ]);
  expect(eventsOfType(asked.events, "question.asked")[0]?.question).toMatchObject({
    task: "a",
    text: expect.stringContaining("no verdict in 2 tries"),
  });
  expect(eventsOfType(asked.events, "task.merged")).toEqual([]);

  isAnswered = true;
  await project.agentx(["answer", "1", "try again"]);
  const ran = await project.agentx(["resume", "--json"], { env });

  expect(ran.exitCode).toBe(0);
  expect(requestsFor(server, "a")).toHaveLength(2);
  expect(git(project.root, "show", "HEAD:a.txt")).toBe("one");
});

test("a worker hands the work on and says that it will report back: it is told that it handed over nothing, and what it then does is merged", async () => {
  const project = smallProject();
  commitFiles(project.root, { "plan.md": planOf({ a: [] }) });
  const { server, env } = await serveModels(project, {
    tasks: {
      a: {
        implement: [
          finishes("I gave it to a subagent and will report back."),
          writes({ "a.txt": "one\n" }),
          finishes(),
        ],
        review: [approval],
      },
    },
  });

  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], { env });

  expect(ran.exitCode).toBe(0);
  expect(eventsOfType(ran.events, "worker.finished").map(({ files }) => files)).toEqual([[], ["a.txt"]]);
  const again = requestsFor(server, "a")[1];
  expect(again && lastWords(again)).toContain("changed no file");
});

test("when its attempts are used up the person hears what was tried; given up, the task fails and takes along who needs it", async () => {
  const project = smallProject(noTodo);
  commitFiles(project.root, { "plan.md": planOf({ a: [], b: ["needs: a"], c: [] }) });
  const todo = (text: string) => [writes({ "a.txt": text }), finishes()];
  const { env } = await serveModels(project, {
    tasks: {
      a: { implement: [...todo("TODO\n"), ...todo("\nTODO\n")] },
      c: wrote({ "c.txt": "three\n" }),
    },
  });

  const asked = await project.agentx(["dispatch", "plan.md", "--yes", "--json", "--max-attempts", "2"], {
    env,
  });

  expect(asked.exitCode).toBe(3);
  expect(eventsOfType(asked.events, "task.merged").map(({ task }) => task)).toEqual(["c"]);
  const [question] = eventsOfType(asked.events, "question.asked").map((event) => event.question);
  expect(question).toMatchObject({ task: "a", options: ["try again", "give up"] });
  expect(question?.text).toMatch(/2 attempts did not get "Do a" through.*check: a\.txt:2: error/);

  await project.agentx(["answer", "1", "give up"]);
  const ran = await project.agentx(["resume", "--plain"], { env });

  expect(ran.exitCode).toBe(1);
  expect(ran.stderr).toContain("a failed: given up by the person");
  expect(ran.stderr).toContain("b skipped: needs a");
  expect(git(project.root, "ls-tree", "--name-only", "HEAD")).toContain("c.txt");
  expect(project.read("plan.md")).toContain("- [ ] Do a");
  expect(project.read("plan.md")).toContain("- [x] Do c");
});

test("a hint instead of giving up goes to the worker with the gate's words, in the same conversation", async () => {
  const project = smallProject(noTodo);
  commitFiles(project.root, { "plan.md": planOf({ a: [] }) });
  const { server, env } = await serveModels(project, {
    tasks: {
      a: {
        implement: [writes({ "a.txt": "TODO\n" }), finishes(), writes({ "a.txt": "one\n" }), finishes()],
        review: [approval],
      },
    },
  });
  const args = ["dispatch", "plan.md", "--yes", "--json", "--max-attempts", "1"];
  expect((await project.agentx(args, { env })).exitCode).toBe(3);

  await project.agentx(["answer", "1", "write the number out"]);
  const ran = await project.agentx(["resume", "--json"], { env });

  expect(ran.exitCode).toBe(0);
  const again = requestsFor(server, "a")[2];
  expect(again && lastWords(again)).toContain("a.txt:1: error: a TODO is left");
  expect(again && lastWords(again)).toContain("The person says: write the number out");
  expect(again && lastWords(again)).toContain("1 attempt did not get");
});
