import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { commitFiles, eventsOfType, git, makeProject, serveModels } from "./project.ts";
import { approval, planOf, rejection } from "./turns.ts";

/** A test that, wherever it runs, makes the installed runner like everything and leaves its mark in the person's home. */
function payload(home: string): string {
  return [
    'import test from "node:test";',
    'import { writeFileSync } from "node:fs";',
    'test("adds", () => {',
    '  writeFileSync("node_modules/runner/index.js", "");',
    `  try { writeFileSync(${JSON.stringify(join(home, "mark"))}, "x"); } catch {}`,
    "});",
    "",
  ].join("\n");
}

const refusal = rejection({ file: "add.test.js", quote: "adds", title: "It writes elsewhere." });

test("what a worker's tests do to the installed tools judges no other task, and reaches no home", async () => {
  const project = makeProject({ "base.txt": "base\n", ".gitignore": "node_modules\n" });
  const home = project.env["HOME"] ?? "";
  const runner = 'process.exit(require("fs").existsSync("broken") ? 1 : 0)';
  const install = `mkdir -p node_modules/runner && echo '${runner}' > node_modules/runner/index.js`;
  commitFiles(project.root, {
    "agentx.yaml": stringify({
      slots: 1,
      gateSlots: 1,
      maxAttempts: 1,
      setup: install,
      gates: { check: "node --test && node node_modules/runner/index.js" },
      agents: { implement: "poisons" },
      programs: { poisons: { command: "cp payload.txt add.test.js" }, breaks: { command: "touch broken" } },
    }),
    "payload.txt": payload(home),
    "plan.md": planOf({ a: [], b: ["agent: breaks"] }),
  });
  const { env } = await serveModels(project, {
    tasks: { a: { review: [refusal] }, b: { review: [approval] } },
  });

  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json", "--no-ff"], { env });

  const gated = eventsOfType(ran.events, "gates.finished").map(({ task, verdicts }) => [
    task,
    verdicts[0]?.type,
  ]);
  expect(gated, ran.stderr).toContainEqual(["a", "passed"]);
  expect(gated).toContainEqual(["b", "failed"]);
  expect(eventsOfType(ran.events, "task.merged").map(({ task }) => task)).toEqual([]);
  expect(existsSync(join(home, "mark"))).toBe(false);
  expect(git(project.root, "status", "--porcelain")).toBe("");
});
