import { expect, test } from "vitest";
import { dispatchArgs, waitsForNote } from "../../e2e/command-project.ts";
import { kill } from "../../e2e/killed.ts";
import { commitFiles, eventsOfType, git, type Project, serveModels } from "../../e2e/project.ts";
import { processesWith, until } from "../../support/processes.ts";
import { planOf } from "../../e2e/turns.ts";
import type { ModelServer } from "../../model-server/server.ts";
import type { NormalisedRequest, ServerTurn } from "../../model-server/types.ts";
import { guestFiles, guestSetups } from "../guest-setups.ts";
import { guestProject } from "../guest-project.ts";
import { asGuestTurn } from "../guest-turn.ts";

const answer = "the short one, with care";
const writesHello = { call: { tool: "write", path: "hello.txt", content: "hello\n" } };
const approves = { call: { tool: "submit_verdict", verdict: "approve", summary: "does it", findings: [] } };

const mcpTool = /agentx.*ask$/;

/** What a model would do: ask with the tool, wait for the answer, write, end. */
function turnFor({ body, toolNames }: NormalisedRequest): ServerTurn {
  if (!body.includes('role=\\"implement\\"')) return approves;
  if (body.includes("base64 -d")) return { call: { tool: "finish", note: "done" } };
  if (body.includes(answer)) return writesHello;
  const isFound = body.includes("tool_search_output");
  const tool = isFound ? "mcp__agentx__ask" : toolNames.find((name) => mcpTool.test(name));
  // Codex names no tool of an MCP server before it was searched for.
  if (tool === undefined && toolNames.includes("tool_search"))
    return { call: { tool: "tool_search", query: "ask the person a question" } };
  if (tool === undefined) throw new Error(`there is no tool to ask with among ${toolNames.join(", ")}`);
  return { call: { tool, question: "Which greeting?", options: ["long", "short"] } };
}

async function asking(
  name: string,
): Promise<{ project: Project; server: ModelServer; env: Record<string, string> }> {
  const setup = guestSetups[name]!;
  const project = await guestProject(setup);
  const programs = { slow: { command: waitsForNote } };
  const config = { ...setup, config: { ...setup.config, programs } };
  commitFiles(project.root, {
    ...guestFiles(config, {}),
    "plan.md": planOf({ a: [], b: ["agent: slow"] }),
  });
  const served = await serveModels(
    project,
    { tasks: {} },
    {
      instead: (request) => (request.toolNames.length === 0 ? null : turnFor(request)),
      shape: (turn, { toolNames }) =>
        toolNames.length === 0 || /^tool_search$|agentx.*ask$/.test(turn.call?.tool ?? "")
          ? turn
          : asGuestTurn(turn, toolNames),
    },
  );
  return { project, ...served };
}

const programs = ["claude", "codex", "gemini"];

test.each(programs)("%s asks with its MCP tool and hears the answer in that very call", async (name) => {
  const { project, env } = await asking(name);
  const started = project.start(dispatchArgs, { env });
  await started.event("question.asked");

  await project.agentx(["answer", "1", answer]);
  await started.event("task.merged", ({ task }) => task === "a");
  await project.agentx(["note", "b", "go"]);
  const ran = await started.ended;

  expect(ran.exitCode, ran.stderr + ran.stdout).toBe(0);
  expect(eventsOfType(ran.events, "question.asked")).toMatchObject([
    { question: { kind: "worker", text: "Which greeting?", options: ["long", "short"] } },
  ]);
  expect(git(project.root, "show", "main:hello.txt")).toBe("hello");
  expect(
    eventsOfType(ran.events, "agent.started").filter(
      ({ task, role }) => task === "a" && role === "implement",
    ),
  ).toHaveLength(1);
  await until(() => processesWith(project.folder).length === 0);
});

test.each(programs)("%s is told the answer when the dispatcher that it asked is gone", async (name) => {
  const { project, env } = await asking(name);
  const started = project.start(dispatchArgs, { env });
  await started.event("question.asked");
  await kill(project, started);

  expect((await project.agentx(["questions"])).stdout).toContain("Which greeting?");
  await project.agentx(["answer", "1", answer]);
  await project.agentx(["note", "b", "go"]);
  const ran = await project.agentx(["resume", "--json"], { env });

  expect(ran.exitCode, ran.stderr + ran.stdout).toBe(0);
  expect(eventsOfType(ran.events, "question.asked")).toEqual([]);
  expect(git(project.root, "show", "main:hello.txt")).toBe("hello");
  await until(() => processesWith(project.folder).length === 0);
});
