import { join } from "node:path";
import { expect, test } from "vitest";
import { openJournal } from "../../src/journal/journal.ts";
import { commitFiles, eventsOfType, serveModels } from "./project.ts";
import { smallProject } from "./small-run.ts";
import { approval, asks, finishes, planOf, writes } from "./turns.ts";

test("--json prints the journal's events and activities, one object a line, and nothing else, also over a resume", async () => {
  const project = smallProject();
  commitFiles(project.root, { "plan.md": planOf({ a: [] }) });
  const { env } = await serveModels(project, {
    tasks: {
      a: {
        implement: [
          { say: "Je vois.", ...asks("Which?") },
          writes({ "a.txt": "one\u001b[31m\n" }),
          finishes(),
        ],
        review: [approval],
      },
    },
  });

  const first = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], { env });
  await project.agentx(["answer", "1", "this\u001b]0;owned\u0007"]);
  const second = await project.agentx(["resume", "--json"], { env });

  expect([first.exitCode, second.exitCode]).toEqual([3, 0]);
  const lines = `${first.stdout}${second.stdout}`.trimEnd().split("\n");
  const printed = lines.map((line) => JSON.parse(line) as { type: string });
  using journal = openJournal({ folder: join(project.root, ".agentx"), readOnly: true });
  const run = eventsOfType(first.events, "run.started")[0]?.run ?? "";
  expect(printed.filter(({ type }) => type !== "worker.activity")).toEqual(journal.events(run));
  expect(`${first.stdout}${second.stdout}${first.stderr}${second.stderr}`).not.toContain("\u001b");
});

test("plain output has no escape codes, whatever a model, a gate or a plan says", async () => {
  const red = "\u001b[31mred\u001b[0m";
  const project = smallProject({
    "check.sh": "printf '\\033[2J\\033]0;owned\\007 a.txt:1: error\\n'; test -e b.txt\n",
  });
  const plan = planOf({ a: [] }).replace("Do a", `Do ${red} a`);
  commitFiles(project.root, { "plan.md": plan });
  const { env } = await serveModels(project, {
    tasks: {
      a: {
        implement: [
          { say: red, ...writes({ "a.txt": "one\n" }) },
          finishes(red),
          asks(`${red}?`, { options: [red] }),
        ],
      },
    },
  });

  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--plain", "--accept-red-base"], { env });
  const listed = await project.agentx(["questions"]);
  const status = await project.agentx(["status"]);

  const output = `${ran.stdout}${ran.stderr}${listed.stdout}${status.stdout}`;
  expect(["\u001b", "\u0007"].filter((character) => output.includes(character))).toEqual([]);
  expect(ran.stdout).toBe("");
  expect(ran.stderr).toContain("check");
});
