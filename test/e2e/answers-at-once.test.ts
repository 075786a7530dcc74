import { readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { commitFiles, eventsOfType, type Project, type Ran, serveModels } from "./project.ts";
import { until } from "../support/processes.ts";
import { smallProject } from "./small-run.ts";
import { aboutOf, approval, asks, finishes, lastWords, planOf, requestsFor, writes, wrote } from "./turns.ts";

const asking = {
  implement: [asks("Which colour?"), writes({ "a.txt": "in colour\n" }), finishes()],
  review: [approval],
};
const colours = ["blue", "green"];

/** Long enough for a process that has opened the journal to come to its first write. */
const pauseMs = 1_000;

/** Two people answer question 1: both have read that it is open before either can write. */
async function answerAtOnce(project: Project): Promise<Ran[]> {
  const journal = join(project.root, ".agentx/journal.db");
  using db = new DatabaseSync(journal);
  db.exec("BEGIN IMMEDIATE");
  const both = colours.map((colour) => project.start(["answer", "1", colour]));
  await until(() => both.every(({ child }) => child.exitCode !== null || hasOpen(child.pid, journal)));
  await new Promise((resolve) => setTimeout(resolve, pauseMs));
  expect(both.map(({ child }) => child.exitCode)).toEqual([null, null]);
  db.exec("ROLLBACK");
  return await Promise.all(both.map(({ ended }) => ended));
}

function hasOpen(pid: number | undefined, path: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === path);
  } catch {
    // It opened or closed something meanwhile.
    return false;
  }
}

/** @returns the answer that was taken */
function expectOneTaken(answers: readonly Ran[]): string {
  expect(answers.map(({ exitCode }) => exitCode).toSorted((a, b) => a - b)).toEqual([0, 2]);
  const taken = colours[answers.findIndex(({ exitCode }) => exitCode === 0)] ?? "";
  const refused = answers.find(({ exitCode }) => exitCode === 2);
  expect(refused?.stderr).toContain("ANSWERED");
  expect(refused?.stderr).toMatch(new RegExp(`it (is answered already|was answered): ${taken}`));
  return taken;
}

test("of two answers at the same moment one is taken, and the other is told which, while no dispatcher runs", async () => {
  const project = smallProject();
  commitFiles(project.root, { "plan.md": planOf({ a: [] }) });
  const { server, env } = await serveModels(project, { tasks: { a: asking } });
  expect((await project.agentx(["dispatch", "plan.md", "--yes", "--json"], { env })).exitCode).toBe(3);

  const taken = expectOneTaken(await answerAtOnce(project));
  const ran = await project.agentx(["resume", "--json"], { env });

  expect(ran.exitCode).toBe(0);
  expect(eventsOfType(ran.events, "question.answered")).toMatchObject([
    { answer: { question: 1, text: taken } },
  ]);
  const asked = requestsFor(server, "a");
  expect(asked.filter((request) => lastWords(request).includes(`The person answers: ${taken}`))).toHaveLength(
    1,
  );
});

test("the same while a dispatcher is busy with another task", async () => {
  const project = smallProject();
  commitFiles(project.root, { "plan.md": planOf({ a: [], b: [] }) });
  const merged = Promise.withResolvers<void>();
  const script = { tasks: { a: asking, b: wrote({ "b.txt": "two\n" }) } };
  const { env } = await serveModels(project, script, {
    instead: async (request) => {
      if (aboutOf(request).task === "b") await merged.promise;
      return null;
    },
  });
  const started = project.start(["dispatch", "plan.md", "--yes", "--json"], { env });
  await started.event("question.asked");

  const taken = expectOneTaken(await answerAtOnce(project));
  await started.event("task.merged", ({ task }) => task === "a");
  merged.resolve();
  const ran = await started.ended;

  expect(ran.exitCode).toBe(0);
  expect(eventsOfType(ran.events, "question.answered")).toMatchObject([{ answer: { text: taken } }]);
});
