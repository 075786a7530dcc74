import { expect, test } from "vitest";
import { commitFiles, eventsOfType, git, type Project } from "./project.ts";
import { serveTwisted, smallProject, subPlan, subScript } from "./small-run.ts";

/** Its gate asks for the very file that the plan's task writes. */
function redProject(): Project {
  const project = smallProject({ "check.sh": "test -e sub.txt || { echo 'sub.txt is missing'; exit 1; }\n" });
  commitFiles(project.root, { "plan.md": subPlan });
  return project;
}

test("a base that is red is asked about before any model is, and the answer goes on", async () => {
  const project = redProject();
  const { server, env } = await serveTwisted(subScript);

  const asked = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], { env });

  expect(asked.exitCode).toBe(3);
  expect(server.requests.length).toBe(0);
  const [question] = eventsOfType(asked.events, "question.asked");
  expect(question?.question).toMatchObject({ kind: "baseline", options: ["try again", "continue", "stop"] });
  expect(question?.question.text).toContain("check");
  expect((await project.agentx(["questions"])).stdout).toContain("Red before any change");

  expect((await project.agentx(["answer", "1", "continue"])).exitCode).toBe(0);
  const resumed = await project.agentx(["resume", "--json"], { env });
  expect(resumed.stderr).toBe("");
  expect(resumed.exitCode).toBe(0);
  expect(project.read("sub.txt")).toBe("sub\n");
});

test("a red base that the person wants to mend first ends the run without a model", async () => {
  const project = redProject();
  const { server, env } = await serveTwisted(subScript);
  await project.agentx(["dispatch", "plan.md", "--yes"], { env });
  await project.agentx(["answer", "1", "stop"]);
  const resumed = await project.agentx(["resume"], { env });
  expect(resumed.exitCode).toBe(1);
  expect(server.requests.length).toBe(0);
  expect(git(project.root, "status", "--porcelain")).toBe("");
});

test("--accept-red-base asks nothing, and the gate counts again once it has turned green", async () => {
  const project = redProject();
  const { env } = await serveTwisted(subScript);
  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--accept-red-base", "--json"], { env });
  expect(ran.exitCode).toBe(0);
  expect(eventsOfType(ran.events, "question.asked")).toEqual([]);
  expect(eventsOfType(ran.events, "gates.finished")[0]?.verdicts[0]).toMatchObject({ type: "passed" });
});
