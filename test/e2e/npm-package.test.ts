import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { networkEnv, npm, unpackPackage } from "./npm-source.ts";
import { commitFiles, eventsOfType, git, makeProject, modelEnv, type Project, write } from "./project.ts";
import { serveTwisted } from "./small-run.ts";

const fixtures = fileURLToPath(new URL("../fixtures/npm-package/", import.meta.url));
const install = "npm install --no-audit --no-fund --no-package-lock --ignore-scripts --prefer-offline";

type Manifest = { scripts: Record<string, string>; devDependencies: Record<string, string> };

/** Somebody's library with its own tests; of its development tools only the test runner is wanted. */
function minimist(): Project {
  const project = makeProject({});
  unpackPackage(project.root, { name: "minimist", version: "1.2.8" });
  const manifest = JSON.parse(project.read("package.json")) as Manifest;
  const { tape = "" } = manifest.devDependencies;
  manifest.devDependencies = { tape };
  manifest.scripts = { test: "tape 'test/**/*.js'" };
  writeFileSync(join(project.root, "package.json"), `${JSON.stringify(manifest, null, "\t")}\n`);
  commitFiles(
    project.root,
    { "agentx.yaml": `setup: ${install}\nslots: 2\n`, ".gitignore": "node_modules\n" },
    "minimist 1.2.8",
  );
  write(project.folder, { "prd.md": readFileSync(join(fixtures, "prd.md"), "utf8") });
  return project;
}

test("a PRD about a published package is planned, built, held by the package's own tests, and merged", async () => {
  const project = minimist();
  const { server } = await serveTwisted(readFileSync(join(fixtures, "script.yaml"), "utf8"));
  const files = git(project.root, "ls-files").split("\n");

  const args = ["dispatch", join(project.folder, "prd.md"), "--yes", "--json"];
  const ran = await project.agentx(args, { env: { ...networkEnv, ...modelEnv(server.url) } });

  expect(ran.stderr).toContain("anthropic/claude-opus-5-5 plans it now");
  expect(ran.exitCode).toBe(0);
  expect(eventsOfType(ran.events, "baseline.finished")[0]?.verdicts).toMatchObject([
    { gate: "test", command: "npm test", type: "passed" },
  ]);

  // The first attempt was refused by a test that the package came with, and the worker was shown which.
  const attempts = eventsOfType(ran.events, "attempt.started").filter(({ task }) => task === "numbers");
  expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2]);
  const [assignment] = attempts.slice(1).map((attempt) => attempt.assignment);
  expect(JSON.stringify(assignment)).toMatch(/not ok.* at: .*\(test\/(?!numbers)\w+\.js/s);
  const second = server.calls().find(({ messages }) => JSON.stringify(messages).includes("not ok"));
  expect(second?.provider).toBe("anthropic");

  expect(git(project.root, "log", "--format=%s").split("\n").toSorted()).toEqual([
    "Add opts.numbers",
    "Document opts.numbers",
    "Say hasKey with every",
    "minimist 1.2.8",
  ]);
  expect(git(project.root, "ls-files").split("\n").toSorted()).toEqual(
    [...files, "test/numbers.js"].toSorted(),
  );
  expect(git(project.root, "status", "--porcelain")).toBe("");
  expect(project.read("README.md")).toContain("`opts.numbers` - when `false`");

  // And once more, by hand, on what the person has now.
  npm(project.root, ...install.split(" ").slice(1), "--cache", packageCache(project));
  expect(npm(project.root, "test")).toMatch(/# tests 155\n# pass {2}155/);
});

/** What the set-up has downloaded already. */
function packageCache({ folder }: Project): string {
  const [home = ""] = readdirSync(join(folder, "state"));
  return join(folder, "state", home, "setup-home", ".npm");
}
