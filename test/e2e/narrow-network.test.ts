import { expect, test } from "vitest";
import { stringify } from "yaml";
import { serve } from "../sandbox/egress/support.ts";
import { commitFiles, eventsOfType, git, serveModels } from "./project.ts";
import { smallProject, subPlan, subScript } from "./small-run.ts";

test("a setup reaches its registry, a gate its list and nothing else, and what was closed is said with the line that opens it", async () => {
  await using registry = await serve((_, response) => response.end("exit 0\n"));
  await using other = await serve((_, response) => response.end("other\n"));
  const [mine, closed] = [registry, other].map(({ port }) => `localhost:${port}`);
  const project = smallProject({
    ".gitignore": "dep\n",
    // Of the base commit: where this project's packages come from.
    ".npmrc": `registry=http://${mine}/\n`,
    "agentx.yaml": stringify({
      setup: `curl -sf --noproxy '' http://${mine}/npm -o dep && ! curl -sf http://${closed}/`,
      gates: {
        listed: { command: `sh dep && curl -sf http://${mine}/`, network: [mine] },
        closed: { command: `sh dep && curl -sf http://${closed}/`, network: [mine] },
      },
    }),
  });
  commitFiles(project.root, { "plan.md": subPlan, "package.json": "{}" });
  const { env } = await serveModels(project, subScript);

  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], { env });

  expect(ran.exitCode, ran.stderr + ran.stdout).toBe(3);
  const [baseline] = eventsOfType(ran.events, "baseline.finished");
  const [listed, refused] = baseline?.verdicts ?? [];
  expect(listed).toMatchObject({ gate: "listed", type: "passed" });
  expect(refused).toMatchObject({
    gate: "closed",
    type: "failed",
    excerpt: expect.stringContaining(
      `agentx: ${closed} is closed to this sandbox: it is not in the list. To allow it, add "${closed}" to the list gates.closed.network in agentx.yaml`,
    ) as string,
  });
  expect(registry.hits()).toBe(2);
  expect(other.hits()).toBe(0);
  expect(git(project.root, "status", "--porcelain")).toBe("");
});
