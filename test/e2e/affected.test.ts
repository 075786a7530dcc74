import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { commitFiles, eventsOfType, git, makeProject, serveModels, type Project } from "./project.ts";
import { approval, finishes, planOf, writes } from "./turns.ts";

/** One task. Its gate wants "good" in the file, and notes each of its runs outside of any checkout. */
function projectWith(affected: string): { project: Project; runs: () => string[] } {
  const project = makeProject({ "base.txt": "base\n" });
  const counted = join(project.folder, "counted");
  const command = `git rev-parse 'HEAD^{tree}' >> ${counted} && { ! test -e 'a b.txt' || grep -q good 'a b.txt'; }`;
  commitFiles(project.root, {
    "agentx.yaml": stringify({ setup: false, gates: { check: { command, affected } } }),
    "plan.md": planOf({ only: [] }),
  });
  return {
    project,
    runs: () => (existsSync(counted) ? readFileSync(counted, "utf8").trimEnd().split("\n") : []),
  };
}

const badThenGood = {
  only: {
    implement: [
      writes({ "a b.txt": "bad\n" }),
      finishes(),
      writes({ "a b.txt": "good\n" }),
      finishes("It is good now."),
    ],
    review: [approval],
  },
};

// What counts lies outside of every wall.
const args = ["dispatch", "plan.md", "--yes", "--json", "--unsafe-no-sandbox"];

test("what the affected command refuses goes back without a run of the gate", async () => {
  const { project, runs } = projectWith("grep -q good {files}");
  const ran = await project.agentx(args, await serveModels(project, { tasks: badThenGood }));

  expect(ran.exitCode, ran.stderr).toBe(0);
  const [quick, full] = eventsOfType(ran.events, "gates.finished");
  expect(quick).toMatchObject({ affected: true, verdicts: [{ type: "failed" }] });
  expect(full).not.toHaveProperty("affected");
  expect(git(project.root, "show", "HEAD:a b.txt")).toBe("good");
  // The base's and the good one's: never the bad one's.
  expect(runs()).toHaveLength(2);
});

test("an affected command that is green for everything lets nothing through", async () => {
  const { project, runs } = projectWith("test -f {files}");
  const ran = await project.agentx(args, await serveModels(project, { tasks: badThenGood }));

  expect(ran.exitCode, ran.stderr).toBe(0);
  const [red] = eventsOfType(ran.events, "gates.finished");
  expect(red).toMatchObject({ verdicts: [{ type: "failed" }] });
  expect(red).not.toHaveProperty("affected");
  expect(git(project.root, "show", "HEAD:a b.txt")).toBe("good");
  expect(runs()).toHaveLength(3);
});
