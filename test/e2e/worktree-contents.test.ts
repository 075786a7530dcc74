import { join } from "node:path";
import { expect, test } from "vitest";
import { approves, commitFiles, eventsOfType, git, makeProject, write } from "./project.ts";
import { serveTwisted, smallProject, subPlan } from "./small-run.ts";

/** What the tools of a task's worker said, as the model was told. */
function toolWords(calls: { messages: { toolResults: { text: string }[] }[] }[], fits: string): string[] {
  const texts = calls.flatMap(({ messages }) => messages.flatMap(({ toolResults }) => toolResults));
  return [...new Set(texts.map(({ text }) => text).filter((text) => text.includes(fits)))];
}

test("the worktree lacks .env: files of .worktreeinclude reach the worker and never the result", async () => {
  const project = smallProject({
    ".gitignore": ".env\nlocal/\n",
    ".worktreeinclude": ".env\nlocal/*.json\n",
  });
  write(project.root, { ".env": "COLOR=green\n", "local/db.json": "{}\n", "local/huge.bin": "0" });
  write(project.folder, { "plan.md": subPlan });
  const { server, env } = await serveTwisted(`tasks:
  sub:
    implement:
      - call: { tool: shell, command: "cat .env; ls local; cp .env sub.txt" }
      - call: { tool: finish, note: copied }
    review:${approves}
`);
  const ran = await project.agentx(["dispatch", join(project.folder, "plan.md"), "--yes"], { env });
  expect(ran.exitCode).toBe(0);
  const [said] = toolWords(server.calls(), "COLOR");
  expect(said).toContain("COLOR=green\ndb.json");
  expect(said).not.toContain("huge.bin");
  expect(git(project.root, "ls-tree", "-r", "--name-only", "main").split("\n")).toContain("sub.txt");
  expect(git(project.root, "ls-tree", "-r", "--name-only", "main")).not.toMatch(/\.env|db\.json/);
});

test("the set-up command installs dependencies for the worker and for the gates", async () => {
  const manifest = {
    name: "app",
    type: "module",
    scripts: { test: "node --test" },
    dependencies: { greet: "file:./greet" },
  };
  const project = makeProject({
    "package.json": JSON.stringify(manifest),
    // Without a lock file of its own the set-up makes one, which comes with the change and would be asked about.
    "agentx.yaml": "protect: review\n",
    ".gitignore": "node_modules\n",
    "greet/package.json": JSON.stringify({
      name: "greet",
      version: "1.0.0",
      type: "module",
      exports: "./index.js",
    }),
    "greet/index.js": "export const greet = (name) => `Hello, ${name}`;\n",
    "app.test.js":
      "import test from 'node:test';\nimport { greet } from 'greet';\ntest('greets', () => greet('a'));\n",
    "plan.md": subPlan,
  });
  const { server, env } = await serveTwisted(`tasks:
  sub:
    implement:
      - call: { tool: shell, command: "node -e \\"import('greet').then(({ greet }) => console.log(greet('worker')))\\"" }
      - call: { tool: write, path: sub.txt, content: "sub\\n" }
      - call: { tool: finish, note: done }
    review:${approves}
`);
  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], { env });
  expect(ran.stderr).toBe("");
  expect(ran.exitCode).toBe(0);
  expect(toolWords(server.calls(), "Hello, worker")).toHaveLength(1);
  expect(eventsOfType(ran.events, "baseline.finished")[0]?.verdicts).toMatchObject([
    { gate: "test", type: "passed" },
  ]);
  expect(git(project.root, "ls-files", "--others", "--ignored", "--exclude-standard")).not.toContain(
    "node_modules",
  );
});

test("two workers want one port: side by side they, and their gates, have ports of their own", async () => {
  const project = smallProject({
    "check.sh": 'echo "$AGENTX_PORT_BASE" > /dev/null; test "$AGENTX_PORT_BASE" -gt 20039\n',
  });
  commitFiles(project.root, { "plan.md": `${subPlan}- [ ] Add multiplication \`#mul\`\n` });
  const part = (task: string): string => `
  ${task}:
    implement:
      - call: { tool: shell, command: "echo port $AGENTX_PORT_BASE of $AGENTX_TASK | tee ${task}.txt" }
      - call: { tool: finish, note: done }
    review:${approves}
`;
  const { server, env } = await serveTwisted(`tasks:${part("sub")}${part("mul")}`);
  const ran = await project.agentx(["dispatch", "plan.md", "--yes"], { env });
  expect(ran.exitCode).toBe(0);
  const ports = ["sub", "mul"].map((task) => /^port (\d+) of/.exec(project.read(`${task}.txt`))?.[1]);
  expect(new Set(ports)).toEqual(new Set(["20000", "20020"]));
  expect(toolWords(server.calls(), "port 200")).toHaveLength(2);
});
