import { expect, test } from "vitest";
import { commandProject, dispatchArgs } from "./command-project.ts";
import { eventsOfType } from "./project.ts";

/** A worker that asks its model with a tool of the vendor's, and keeps what it was answered. */
const asks = String.raw`node -e '
  const body = JSON.stringify({ model: "claude-opus-5-5", max_tokens: 9, messages: [{ role: "user", content: "<task id=\"TASK\" role=\"review\" attempt=\"1\">" }],
    tools: [{ type: "web_search_20250305", name: "web_search" }], mcp_servers: [] });
  fetch(process.env.ANTHROPIC_BASE_URL + "/v1/messages", { method: "POST", body })
    .then((response) => console.log(response.status));
' > TASK.txt`;

test("a worker's vendor looks things up only where agentx.yaml allows it, and the journal says what was withheld", async () => {
  const commands = { mine: asks.replaceAll("TASK", "a"), surfer: asks.replaceAll("TASK", "b") };
  const { project, env } = await commandProject({
    commands,
    tasks: { a: [], b: ["agent: surfer"] },
    settings: {
      programs: { mine: { command: commands.mine }, surfer: { command: commands.surfer, web: true } },
    },
  });

  const ran = await project.agentx(dispatchArgs, { env });

  expect(ran.exitCode, ran.stdout).toBe(0);
  const told = eventsOfType(ran.events, "tools.withheld").map(({ task, agent, names }) => ({
    task,
    agent,
    names,
  }));
  expect(told.toSorted((x, y) => x.task.localeCompare(y.task))).toEqual([
    { task: "a", agent: "mine", names: ["mcp_servers", "web_search_20250305"] },
    { task: "b", agent: "surfer", names: ["mcp_servers"] },
  ]);
});
