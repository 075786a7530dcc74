import { expect, test } from "vitest";
import {
  approves,
  commitFiles,
  eventsOfType,
  git,
  makeProject,
  serveModels,
  type Project,
} from "./project.ts";

const plan = `# Words

## Tasks

- [ ] Write a greeting \`#greet\`
- [ ] Write a farewell \`#leave\`
  - needs: greet
`;

const written = (file: string, text: string): string => `
      - call: { tool: write, path: ${file}, content: "${text}\\n" }
      - call: { tool: finish, note: "done" }`;

const asksFirst = `
tasks:
  greet:
    implement:${written("greet.txt", "hello")}
    review:${approves}
  leave:
    implement:
      - call: { tool: ask, question: "Formal or not?" }${written("leave.txt", "bye")}
    review:${approves}
`;

const args = ["dispatch", "plan.md", "--yes", "--json"];

async function projectThatWaits(): Promise<{ project: Project; env: Record<string, string> }> {
  const project = makeProject();
  commitFiles(project.root, { "plan.md": plan });
  const { env } = await serveModels(project, asksFirst);
  expect((await project.agentx(args, { env })).exitCode).toBe(3);
  return { project, env };
}

test("a plan whose run is not finished is not dispatched a second time without a word", async () => {
  const { project, env } = await projectThatWaits();

  const again = await project.agentx(args, { env });

  expect(again.exitCode).toBe(2);
  expect(again.stderr).toMatch(/RUN_UNFINISHED plan\.md: the run \w+ .*\n.*agentx resume \w+/);
  expect(
    eventsOfType((await project.agentx([...args, "--anew"], { env })).events, "run.started"),
  ).toHaveLength(1);
});

test("work that was left beside the branch is named when its plan is dispatched again", async () => {
  const { project, env } = await projectThatWaits();
  await project.agentx(["answer", "1", "casual"]);
  commitFiles(project.root, { "own.txt": "mine\n" });
  expect((await project.agentx(["resume"], { env })).exitCode).toBe(0);

  const again = await project.agentx(args, { env });

  expect(again.stderr).toMatch(/is not on your branch yet: git merge agentx\/\w+\/integration/);
});

test("what a retry adds is delivered too, since only agentx has moved the branch", async () => {
  const { project, env } = await projectThatWaits();
  await project.agentx(["cancel", "leave"]);
  expect((await project.agentx(["resume"], { env })).exitCode).toBe(1);
  expect(git(project.root, "log", "--format=%s", "-1")).toBe("Write a greeting");

  await project.agentx(["retry", "leave"]);
  expect((await project.agentx(["resume"], { env })).exitCode).toBe(0);

  expect(git(project.root, "log", "--format=%s", "-1")).toBe("Write a farewell");
});

test("a set-up that fails is asked about before any model is called, and can be left out", async () => {
  const project = makeProject();
  commitFiles(project.root, {
    "plan.md": plan,
    "agentx.yaml": 'setup: "echo no network; exit 7"\ngates:\n  test: npm test\n',
  });
  const { server, env } = await serveModels(project, asksFirst);

  const ran = await project.agentx(args, { env });

  expect(ran.exitCode).toBe(3);
  expect(server.calls()).toHaveLength(0);
  const question = eventsOfType(ran.events, "question.asked")[0]?.question;
  expect(question?.text).toContain("no network");
  await project.agentx(["answer", "1", "continue"]);
  const resumed = await project.agentx(["resume", "--json"], { env });
  expect(eventsOfType(resumed.events, "task.merged")).toHaveLength(1);
});
