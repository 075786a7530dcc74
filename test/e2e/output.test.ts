import { join } from "node:path";
import { expect, test } from "vitest";
import { openJournal } from "../../src/journal/journal.ts";
import { commitFiles, eventsOfType, serveModels } from "./project.ts";
import { smallProject } from "./small-run.ts";
import { aboutOf, approval, asks, finishes, planOf, requestsFor, writes, wrote } from "./turns.ts";

test("--json prints the journal's events and activities, one object a line, and nothing else, also over a resume", async () => {
  const project = smallProject();
  commitFiles(project.root, { "plan.md": planOf({ a: [] }) });
  const { env } = await serveModels(project, {
    tasks: {
      a: {
        implement: [
          { say: "Je vois.", ...asks("Which?") },
          writes({ "a.txt": "one\u001b[31m\n" }),
          finishes(),
        ],
        review: [approval],
      },
    },
  });

  const first = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], { env });
  await project.agentx(["answer", "1", "this\u001b]0;owned\u0007"]);
  const second = await project.agentx(["resume", "--json"], { env });

  expect([first.exitCode, second.exitCode]).toEqual([3, 0]);
  const lines = `${first.stdout}${second.stdout}`.trimEnd().split("\n");
  const printed = lines.map((line) => JSON.parse(line) as { type: string });
  using journal = openJournal({ folder: join(project.root, ".agentx"), readOnly: true });
  const run = eventsOfType(first.events, "run.started")[0]?.run ?? "";
  expect(printed.filter(({ type }) => type !== "worker.activity")).toEqual(journal.events(run));
  expect(`${first.stdout}${second.stdout}${first.stderr}${second.stderr}`).not.toContain("\u001b");
});

test("plain output has no escape codes, whatever a model, a gate or a plan says", async () => {
  const red = "\u001b[31mred\u001b[0m";
  const project = smallProject({ "check.sh": "printf '\\033[2J\\033]0;owned\\007 a.txt:1: error\\n'; test -e b.txt\n" });
  const plan = planOf({ a: [] }).replace("Do a", `Do ${red} a`);
  commitFiles(project.root, { "plan.md": plan });
  const { env } = await serveModels(project, {
    tasks: {
      a: {
        implement: [
          { say: red, ...writes({ "a.txt": "one\n" }) },
          finishes(red),
          asks(`${red}?`, { options: [red] }),
        ],
      },
    },
  });

  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--plain", "--accept-red-base"], { env });
  const listed = await project.agentx(["questions"]);
  const status = await project.agentx(["status"]);

  expect(`${ran.stdout}${ran.stderr}${listed.stdout}${status.stdout}`).not.toMatch(/[\u001b\u0007]/);
  expect(ran.stdout).toBe("");
  expect(ran.stderr).toContain("check");
});

test("the first Ctrl-C lets the worker end and starts nothing more; the run ends with 130 and goes on later", async () => {
  const project = smallProject();
  commitFiles(project.root, { "plan.md": planOf({ a: [], b: ["needs: a"] }) });
  const begun = Promise.withResolvers<void>();
  const interrupted = Promise.withResolvers<void>();
  const { server, env } = await serveModels(
    project,
    { tasks: { a: wrote({ "a.txt": "one\n" }), b: wrote({ "b.txt": "two\n" }) } },
    {
      instead: async (request) => {
        if (aboutOf(request).task !== "a") return null;
        begun.resolve();
        await interrupted.promise;
        return null;
      },
    },
  );
  const started = project.start(["dispatch", "plan.md", "--yes", "--json"], { env });
  await begun.promise;
  started.child.kill("SIGINT");
  await started.event("run.interrupted");
  interrupted.resolve();
  const stopped = await started.ended;

  expect(stopped.exitCode).toBe(130);
  expect(eventsOfType(stopped.events, "worker.finished")).toHaveLength(1);
  expect(requestsFor(server, "b")).toEqual([]);

  const ran = await project.agentx(["resume", "--plain"], { env });
  expect(ran.exitCode).toBe(0);
  expect(requestsFor(server, "a")).toHaveLength(2);
  expect(project.read("b.txt")).toBe("two\n");
});

test("the second Ctrl-C stops the worker, says how to go on, and keeps what it had written", async () => {
  const project = smallProject();
  commitFiles(project.root, { "plan.md": planOf({ a: [] }) });
  const waits = Promise.withResolvers<void>();
  let hangs = true;
  const { server, env } = await serveModels(
    project,
    { tasks: { a: wrote({ "a.txt": "one\n" }) } },
    {
      instead: ({ messages }) => {
        if (!hangs || messages.length < 2) return null;
        waits.resolve();
        return { fault: { type: "hang", afterBytes: 0 } };
      },
    },
  );
  const started = project.start(["dispatch", "plan.md", "--yes", "--plain"], { env });
  await waits.promise;
  started.child.kill("SIGINT");
  started.child.kill("SIGTERM");
  const stopped = await started.ended;

  expect(stopped.exitCode).toBe(130);
  expect(stopped.stderr).toMatch(/agentx resume \S+ +go on with the run/);

  hangs = false;
  const ran = await project.agentx(["resume", "--plain"], { env });
  expect(ran.exitCode).toBe(0);
  expect(requestsFor(server, "a")).toHaveLength(3);
  expect(project.read("a.txt")).toBe("one\n");
});
