import { join } from "node:path";
import { expect, test } from "vitest";
import { commitFiles, eventsOfType, makeProject, serveModels } from "./project.ts";

const plan = "- [ ] Write a greeting `#greet`\n";

const asksFirst = `
tasks:
  greet:
    implement:
      - call: { tool: ask, question: "Formal or not?" }`;

const args = ["dispatch", "plan.md", "--yes", "--json"];

test("a reader that goes away stops the run in order, and its work is kept", async () => {
  const project = makeProject();
  commitFiles(project.root, { "plan.md": plan });
  const { env } = await serveModels(project, asksFirst);
  const run = project.start(args, { env });
  await run.event("run.started");
  run.child.stdout?.destroy();

  const { exitCode, stderr } = await run.ended;

  expect(stderr).not.toContain("EPIPE");
  expect(exitCode).toBe(130);
  expect((await project.agentx(["resume"], { env })).exitCode).toBe(3);
});

test("a pipe to a program that has closed it stops nothing", async () => {
  const project = makeProject();
  commitFiles(project.root, { "plan.md": plan });
  const { env } = await serveModels(project, asksFirst);
  const preload = join(import.meta.dirname, "..", "fixtures", "closed-pipe.ts");

  const ran = await project.agentx(args, { env, preload });

  expect(ran.stderr).toContain("closed-pipe: EPIPE");
  expect(eventsOfType(ran.events, "run.interrupted")).toEqual([]);
  expect(ran.exitCode).toBe(3);
});
