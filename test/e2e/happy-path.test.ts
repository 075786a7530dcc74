import { expect, test } from "vitest";
import { withFailpoints } from "../support/failpoints.ts";
import { approves, commitFiles, eventsOfType, git, makeProject, serveModels } from "./project.ts";

const plan = `# Sums

The library needs subtraction, after somebody has looked at how it is laid out.

## Tasks

- [ ] Look at the layout \`#look\`
  - role: research
- [ ] Add subtraction \`#sub\`
  - needs: look
  - touches: sub.js, sub.test.js
  - accept: sub(3, 2) is 1
`;

const script = `
tasks:
  look:
    research:
      - call: { tool: list, path: . }
      - call: { tool: finish, note: "Each function has a file and a test of its own beside it." }
  sub:
    implement:
      - say: I read first.
        call: { tool: read, path: add.js }
      - calls:
          - { tool: write, path: sub.js, content: "export const sub = (a, b) => a - b;\\n" }
          - { tool: write, path: sub.test.js, content: "import test from 'node:test';\\nimport assert from 'node:assert';\\nimport { sub } from './sub.js';\\ntest('subtracts', () => assert.equal(sub(3, 2), 1));\\n" }
      - call: { tool: shell, command: node --test }
      - call: { tool: finish, note: "sub.js and its test" }
    review:${approves}
`;

test("a plan becomes merged branches through the three real SDKs", async () => {
  const project = makeProject();
  commitFiles(project.root, { "plan.md": plan });
  const { server, env } = await serveModels(project, script);

  const { place, passed } = withFailpoints(project.folder, []);

  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], {
    ...place,
    env: { ...place.env, ...env },
  });

  expect(ran.stderr).toBe("");
  expect(ran.exitCode).toBe(0);
  expect(new Set(server.calls().map((call) => call.provider))).toEqual(
    new Set(["google", "anthropic", "openai"]),
  );
  expect(git(project.root, "log", "--format=%s", "-2")).toBe("Add subtraction\nchange");
  expect(project.read("sub.js")).toContain("a - b");
  expect(project.read("plan.md")).toContain("- [x] Add subtraction");
  expect(eventsOfType(ran.events, "review.finished")[0]).toMatchObject({
    model: "openai/gpt-5.5",
    sameModel: false,
  });
  // Whoever runs a command has a helper: no gate, no researcher who only reads, and no reviewer who asks for nothing.
  expect(passed().filter(({ address }) => address.startsWith("sandbox.open:before"))).toHaveLength(1);
  // The research note reached the task that needs it.
  const first = server.calls().find((call) => call.provider === "anthropic");
  expect(JSON.stringify(first?.messages)).toContain("Each function has a file and a test of its own");
  const report = project.read(`.agentx/runs/${eventsOfType(ran.events, "run.started")[0]?.run}/report.md`);
  expect(report).toContain("Add subtraction");
  expect(git(project.root, "status", "--porcelain")).toBe(" M plan.md");
});
