import { expect, test } from "vitest";
import { approves, commitFiles, makeProject, serveModels } from "./project.ts";

const plan = `# Words

## Tasks

- [ ] Write a greeting \`#greet\`
- [ ] Write a slow farewell \`#leave\`
`;

const script = `
tasks:
  greet:
    implement:
      - call: { tool: ask, question: "Formal or not?", options: [formal, casual] }
      - call: { tool: write, path: greet.txt, content: "hello\\n" }
      - call: { tool: finish, note: "done" }
    review:${approves}
  leave:
    implement:
      - pauseMs: 4000
        call: { tool: write, path: leave.txt, content: "bye\\n" }
      - call: { tool: finish, note: "done" }
    review:${approves}
`;

test("questions --wait ends as soon as one is open, while the other tasks go on, and at the run's end", async () => {
  const project = makeProject();
  commitFiles(project.root, { "plan.md": plan });
  const { env } = await serveModels(project, script);
  const run = project.start(["dispatch", "plan.md", "--yes", "--json"], { env });
  await run.event("attempt.started");

  const asked = await project.agentx(["questions", "--wait", "--json"]);
  expect(asked.exitCode).toBe(3);
  expect(JSON.parse(asked.stdout)).toMatchObject([{ id: 1, task: "greet", text: "Formal or not?" }]);
  expect(run.child.exitCode).toBe(null);

  expect((await project.agentx(["answer", "1", "casual"])).exitCode).toBe(0);
  const ended = await project.agentx(["questions", "--wait", "--json"]);
  expect(ended).toMatchObject({ exitCode: 0, stdout: "[]\n" });
  expect((await run.ended).exitCode).toBe(0);
});
