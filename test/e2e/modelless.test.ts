import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { serve } from "../sandbox/egress/support.ts";
import { withFailpoints } from "../support/failpoints.ts";
import { dispatchArgs } from "./command-project.ts";
import { commitFiles, eventsOfType, git } from "./project.ts";
import { smallProject } from "./small-run.ts";
import { planOf } from "./turns.ts";

const verdict = JSON.stringify({ verdict: "approve", summary: "as asked", findings: [] });
const works = `
env | grep -E 'API_KEY|BASE_URL|PROXY' > seen.txt
curl -s -m 3 --noproxy '' "$LISTED" >> seen.txt || echo "no network" >> seen.txt
agentx notes && echo "in {prompt_file}" && git add seen.txt && git commit -qm "See" >&2`;

test("a command that asks no model needs no key, reaches nothing but the dispatcher, and has no helper", async () => {
  await using listed = await serve((_, response) => response.end("listed"));
  const project = smallProject({
    "agentx.yaml": stringify({
      gates: { check: "sh check.sh" },
      agents: { implement: "worker", review: "approver" },
      programs: {
        worker: { command: works, credentials: "none", env: { LISTED: `http://localhost:${listed.port}` } },
        approver: { command: `echo '${verdict}'`, credentials: "none" },
      },
    }),
  });
  commitFiles(project.root, { "plan.md": planOf({ a: [] }) });
  const { place, passed } = withFailpoints(project.folder, []);

  const ran = await project.agentx(dispatchArgs, place);

  expect(ran.exitCode, ran.stderr + ran.stdout).toBe(0);
  expect(git(project.root, "show", "main:seen.txt")).toBe("no network");
  expect(listed.hits()).toBe(0);
  const opened = passed().filter(({ address }) => address.startsWith("sandbox.open:before"));
  expect(opened).toEqual([]);
  expect(eventsOfType(ran.events, "agent.started")).toMatchObject([
    { agent: "worker", credentials: "none" },
    { agent: "approver", credentials: "none" },
  ]);
  const [run] = eventsOfType(ran.events, "run.started");
  const report = readFileSync(join(project.root, ".agentx", "runs", run?.run ?? "", "report.md"), "utf8");
  expect(report).toContain("(asks no model)");
  expect(report).toContain("review by `approver` (a command that asks **no model**): approved");
  expect(report).not.toContain("unpriced");
});
