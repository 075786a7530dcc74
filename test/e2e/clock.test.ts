import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { commitFiles, eventsOfType, git, serveModels } from "./project.ts";
import { smallProject } from "./small-run.ts";
import { approval, calls, finishes, planOf, writes } from "./turns.ts";

const preload = fileURLToPath(new URL("../support/jumping-clock.ts", import.meta.url));

test("a clock that jumps by a day and back neither ends anything early nor keeps it from ending", async () => {
  const gate = { command: "! test -e slow || sleep 86397", timeout: "2s" };
  const project = smallProject({ "agentx.yaml": JSON.stringify({ gates: { check: gate } }) });
  commitFiles(project.root, { "plan.md": planOf({ a: [] }) });
  const { server, env } = await serveModels(project, {
    tasks: {
      a: {
        implement: [
          writes({ "a.txt": "one\n", slow: "yes\n" }),
          finishes(),
          calls({ tool: "shell", command: "sleep 0.5; rm slow" }),
          finishes(),
        ],
        review: [approval],
      },
    },
  });

  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], { env, preload });

  expect(ran.stderr).toBe("");
  expect(ran.exitCode).toBe(0);
  const at = ran.events.map((event) => event.at);
  expect(Math.max(...at) - Math.min(...at)).toBeGreaterThan(86_000_000);
  const gates = eventsOfType(ran.events, "gates.finished").filter(({ on }) => on === "task");
  expect(gates.map(({ verdicts }) => verdicts[0]?.type)).toEqual(["broken", "passed"]);
  // No call was given up and made again.
  expect(server.calls()).toHaveLength(5);
  expect(git(project.root, "show", "HEAD:a.txt")).toBe("one");
});
