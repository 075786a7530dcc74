import { expect, test } from "vitest";
import type { ServerTurn } from "../model-server/types.ts";
import { commitFiles, eventsOfType, git, serveModels } from "./project.ts";
import { smallProject } from "./small-run.ts";
import {
  aboutOf,
  approval,
  calls,
  finishes,
  lastWords,
  planOf,
  requestsFor,
  writes,
  wrote,
} from "./turns.ts";

test("a note reaches the model with its next request, and only once", async () => {
  const project = smallProject();
  commitFiles(project.root, { "plan.md": planOf({ a: [] }) });
  const noted = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const { server, env } = await serveModels(
    project,
    {
      tasks: {
        a: {
          implement: [calls({ tool: "list", path: "." }), writes({ "a.txt": "one\n" }), finishes()],
          review: [approval],
        },
      },
    },
    {
      instead: async () => {
        begun.resolve();
        await noted.promise;
        return null;
      },
    },
  );
  const started = project.start(["dispatch", "plan.md", "--yes", "--json"], { env });
  await begun.promise;

  const note = await project.agentx(["note", "a", "write it in lower case"]);
  await started.event("note.added");
  noted.resolve();
  const ran = await started.ended;

  expect(note.exitCode).toBe(0);
  expect(ran.exitCode).toBe(0);
  const [first, second, third] = requestsFor(server, "a").map(lastWords);
  expect(first).not.toContain("lower case");
  expect(second).toContain("Note from the person: write it in lower case");
  expect(third).not.toContain("lower case");
  const late = await project.agentx(["note", "a", "too late"]);
  expect([late.exitCode, late.stderr]).toEqual([2, expect.stringContaining("the task has ended: merged")]);
});

test("a canceled task's call is given up at once, and a retry goes on with what it had written", async () => {
  const project = smallProject();
  commitFiles(project.root, { "plan.md": planOf({ a: [], b: ["needs: a"] }) });
  const waits = Promise.withResolvers<void>();
  let hangs = true;
  const { server, env } = await serveModels(
    project,
    {
      tasks: {
        a: {
          implement: [
            writes({ "a.txt": "one\n" }),
            calls({ tool: "shell", command: "cat a.txt" }),
            finishes(),
          ],
          review: [approval],
        },
        b: wrote({ "b.txt": "two\n" }),
      },
    },
    {
      instead: ({ messages }): ServerTurn | null => {
        if (!hangs || messages.length < 3) return null;
        waits.resolve();
        return { fault: { type: "hang", afterBytes: 0 } };
      },
    },
  );
  const started = project.start(["dispatch", "plan.md", "--yes", "--json"], { env });
  await waits.promise;

  expect((await project.agentx(["cancel", "a"])).exitCode).toBe(0);
  const canceled = await started.ended;

  expect(canceled.exitCode).toBe(1);
  const [start] = eventsOfType(canceled.events, "run.started");
  expect(eventsOfType(canceled.events, "task.skipped")).toMatchObject([{ task: "b", because: "a" }]);
  expect(git(project.root, "show", `agentx/${start?.run}/a:a.txt`)).toBe("one");
  expect(git(project.root, "log", "--format=%s", "-1")).toBe("change");

  hangs = false;
  const retried = await project.agentx(["retry", "a", "--note", "the server is well again"]);
  const ran = await project.agentx(["resume", "--json"], { env });

  expect(retried.exitCode).toBe(0);
  expect(ran.exitCode).toBe(0);
  const again = requestsFor(server, "a").map(lastWords);
  expect(again.some((words) => words.includes("the server is well again"))).toBe(true);
  expect(again.some((words) => /^one$/m.test(words))).toBe(true);
  expect(project.read("a.txt")).toBe("one\n");
  expect(project.read("b.txt")).toBe("two\n");
});

test("money runs away: at the budget the run asks once, and a higher one goes on where it stopped", async () => {
  const project = smallProject();
  commitFiles(project.root, { "plan.md": planOf({ a: [], b: ["needs: a"] }) });
  const dear = { inputTokens: 1_000_000, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
  let isDear = true;
  const { server, env } = await serveModels(
    project,
    { tasks: { a: wrote({ "a.txt": "one\n" }), b: wrote({ "b.txt": "two\n" }) } },
    {
      instead: (request): ServerTurn | null => {
        if (!isDear || aboutOf(request).role !== "implement") return null;
        return { ...writes({ "a.txt": "one\n" }), usage: dear };
      },
    },
  );

  const asked = await project.agentx(["dispatch", "plan.md", "--yes", "--json", "--budget", "0.50"], { env });

  expect(asked.exitCode).toBe(3);
  expect(requestsFor(server, "a")).toHaveLength(1);
  expect(eventsOfType(asked.events, "question.asked").map(({ question }) => question.kind)).toEqual([
    "budget",
  ]);
  expect(eventsOfType(asked.events, "question.asked")[0]?.question.text).toContain("of its budget of $0.50");

  isDear = false;
  await project.agentx(["answer", "1", "$50"]);
  const ran = await project.agentx(["resume", "--json"], { env });

  expect(ran.exitCode).toBe(0);
  expect(requestsFor(server, "a")[1]?.messages[0]).toEqual(requestsFor(server, "a")[0]?.messages[0]);
  expect(project.read("b.txt")).toBe("two\n");
});

test("a budget that the last turn of a task uses up is asked about before the review, not blamed on the reviewer", async () => {
  const project = smallProject();
  commitFiles(project.root, { "plan.md": planOf({ a: [] }) });
  const dear = { inputTokens: 1_000_000, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
  const { server, env } = await serveModels(
    project,
    { tasks: { a: wrote({ "a.txt": "one\n" }) } },
    {
      instead: (request): ServerTurn | null =>
        aboutOf(request).role === "implement" && request.messages.length > 1
          ? { ...finishes(), usage: dear }
          : null,
    },
  );

  const asked = await project.agentx(["dispatch", "plan.md", "--yes", "--json", "--budget", "0.50"], { env });
  expect(asked.exitCode).toBe(3);
  expect(eventsOfType(asked.events, "question.asked")).toMatchObject([{ question: { kind: "budget" } }]);
  expect(requestsFor(server, "a", "review")).toEqual([]);

  await project.agentx(["answer", "1", "20.50"]);
  expect((await project.agentx(["resume", "--json"], { env })).exitCode).toBe(0);
  expect(requestsFor(server, "a", "implement")).toHaveLength(2);
});

test("an answer to the budget that is no amount is asked for again, and stop cancels what is left", async () => {
  const project = smallProject();
  commitFiles(project.root, { "plan.md": planOf({ a: [], b: ["needs: a"] }) });
  const dear = { inputTokens: 1_000_000, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
  const { env } = await serveModels(
    project,
    { tasks: {} },
    { instead: () => ({ ...writes({ "a.txt": "one\n" }), usage: dear }) },
  );
  await project.agentx(["dispatch", "plan.md", "--yes", "--json", "--budget", "0.50"], { env });

  await project.agentx(["answer", "1", "go on please"]);
  const again = await project.agentx(["resume", "--json"], { env });
  await project.agentx(["answer", "2", "stop"]);
  const stopped = await project.agentx(["resume", "--json"], { env });

  expect(again.exitCode).toBe(3);
  expect(eventsOfType(again.events, "question.asked")).toMatchObject([
    { question: { kind: "budget", id: 2 } },
  ]);
  expect(stopped.exitCode).toBe(1);
  expect((await project.agentx(["status"])).stdout).toMatch(/2 canceled/);
});
