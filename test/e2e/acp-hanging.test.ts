import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { commitFiles, eventsOfType, serveModels } from "./project.ts";
import { smallProject } from "./small-run.ts";
import { approval, planOf } from "./turns.ts";
import { processesWith, until } from "../support/processes.ts";

const agent = readFileSync(fileURLToPath(new URL("../fixtures/acp/hangs.mjs", import.meta.url)), "utf8");
const silent = /no sign of life from .* for 6 s/;
/** How far the agent comes, which is also its task's id. */
const ends: Record<string, "merged" | RegExp> = {
  greeting: silent,
  session: silent,
  prompt: silent,
  stream: silent,
  line: silent,
  once: "merged",
};
const places = Object.keys(ends);

test("an ACP agent that hangs, wherever it does, has its patience's time twice, and leaves no process", async () => {
  const project = smallProject({
    "agentx.yaml": stringify({
      gates: { check: "sh check.sh" },
      programs: Object.fromEntries(
        places.map((where) => [where, { acp: { command: process.execPath, args: ["hangs.mjs", where] } }]),
      ),
      maxAttempts: 2,
      slots: places.length,
      limits: { stall: "6s" },
    }),
    "hangs.mjs": agent,
  });
  commitFiles(project.root, {
    "plan.md": planOf(Object.fromEntries(places.map((where) => [where, [`agent: ${where}`]]))),
  });
  const tasks = Object.fromEntries(places.map((where) => [where, { review: [approval] }]));
  const { env } = await serveModels(project, { tasks });

  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], { env });

  const outcomes = places.map((id) => ({
    id,
    end: eventsOfType(ran.events, "task.merged").some(({ task }) => task === id)
      ? "merged"
      : eventsOfType(ran.events, "question.asked").find(({ question }) => question.task === id)?.question
          .text,
    attempts: eventsOfType(ran.events, "attempt.started").filter(({ task }) => task === id).length,
  }));
  expect(outcomes, ran.stderr).toEqual(
    Object.entries(ends).map(([id, end]) => ({
      id,
      end: end === "merged" ? end : expect.stringMatching(end),
      attempts: 2,
    })),
  );
  expect(ran.exitCode).toBe(3);
  await until(() => processesWith("sleep\0" + "86391").length === 0);
});
