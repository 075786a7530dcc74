import { expect, test } from "vitest";
import { dispatchArgs } from "../../e2e/command-project.ts";
import { commitFiles, eventsOfType, git } from "../../e2e/project.ts";
import { until } from "../../support/processes.ts";
import { planOf } from "../../e2e/turns.ts";
import type { NormalisedRequest } from "../../model-server/types.ts";
import { guestProject, guestSetups, serveGuests } from "../guest-project.ts";

const words = "in lower case, please";
const script = {
  tasks: {
    a: {
      implement: [
        { call: { tool: "shell", command: "sleep 6" } },
        { call: { tool: "write", path: "hello.txt", content: "hello\n" } },
        { call: { tool: "finish", note: "done" } },
        { call: { tool: "finish", note: "in lower case it is" } },
      ],
      review: [{ call: { tool: "submit_verdict", verdict: "approve", summary: "does it", findings: [] } }],
    },
  },
};

const isWork = ({ body, toolNames }: NormalisedRequest): boolean =>
  toolNames.length > 0 && body.includes('role=\\"implement\\"');

test.each([
  ["claude", "at its next turn"],
  ["codex", "at its next start"],
  ["gemini", "at its next start"],
] as const)("a note to %s reaches it %s, before its work is handed over", async (name, when) => {
  const project = await guestProject(guestSetups[name]!);
  commitFiles(project.root, { "plan.md": planOf({ a: [] }) });
  const { server, env } = await serveGuests(project, script, {
    instead: (request) =>
      isWork(request) && request.body.includes(words) && request.body.includes("hello.txt")
        ? { call: { tool: "finish", note: "in lower case it is" } }
        : null,
  });
  const started = project.start(dispatchArgs, { env });
  await until(() => server.calls().some(isWork));

  const noted = await project.agentx(["note", "a", words]);
  const ran = await started.ended;

  expect(noted.stderr).toContain(when);
  expect(ran.exitCode, ran.stderr + ran.stdout).toBe(0);
  const calls = server.calls().filter(isWork);
  const first = calls.findIndex(({ body }) => body.includes(words));
  expect(calls[first]?.body).toContain(`Note from the person: ${words}`);
  if (when === "at its next turn") expect(first).toBe(1);
  else expect(first).toBeGreaterThan(1);
  expect(eventsOfType(ran.events, "note.delivered")).toMatchObject([{ task: "a", text: words }]);
  expect(eventsOfType(ran.events, "worker.finished")).toMatchObject([{ note: "in lower case it is" }]);
  expect(git(project.root, "show", "main:hello.txt")).toBe("hello");
});
