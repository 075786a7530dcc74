import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { kill } from "./killed.ts";
import { commitFiles, eventsOfType, git, makeProject, serveModels, type Project, write } from "./project.ts";
import { approval, calls, finishes, planOf, wrote } from "./turns.ts";

/** A project whose set-up and gate note each time that they run, outside of any checkout. */
function countingProject(tasks: Record<string, readonly string[]>): {
  project: Project;
  count: (what: "installs" | "gates") => string[];
} {
  const project = makeProject({ "base.txt": "base\n", ".gitignore": "node_modules\n" });
  const file = (what: string): string => join(project.folder, `counted-${what}`);
  const install = `echo install >> ${file("installs")} && mkdir -p node_modules/tool && echo ok > node_modules/tool/index.js`;
  commitFiles(project.root, {
    "agentx.yaml": stringify({
      slots: 3,
      setup: install,
      gates: {
        check: `git rev-parse 'HEAD^{tree}' >> ${file("gates")} && grep -q ok node_modules/tool/index.js`,
      },
    }),
    "plan.md": planOf(tasks),
  });
  return {
    project,
    count: (what) => readFileSync(file(what), "utf8").trimEnd().split("\n"),
  };
}

// What counts lies outside of every wall.
const args = ["dispatch", "plan.md", "--yes", "--json", "--unsafe-no-sandbox"];

/** Puts a git first on the PATH that notes what it was asked, and answers by the machine's. */
function notedGit({ folder, env }: Project): () => string[] {
  const calls = join(folder, "git-calls");
  const path = env["PATH"] ?? "";
  write(folder, { "bin/git": `#!/bin/sh\necho "$*" >> '${calls}'\nPATH='${path}' exec git "$@"\n` });
  chmodSync(join(folder, "bin/git"), 0o755);
  env["PATH"] = `${join(folder, "bin")}:${path}`;
  return () =>
    readFileSync(calls, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => line.replace(/(?:-c \S+ |--(?:git-dir|work-tree)=\S+ |--literal-pathspecs )*/, ""));
}

/** What git is asked about objects and refs; the rest is about files of a checkout, and what a gate asks. */
const aboutObjects =
  /^(?:cat-file|commit-tree|config|diff-tree|for-each-ref|ls-tree|merge-base|merge-tree|rev-list|rev-parse --verify|update-ref --no-deref -m|update-ref --stdin)/;

test("node_modules per tree: a run of many tasks installs once; objects and refs are asked for by few processes of git", async () => {
  const names = ["a", "b", "c", "d"];
  const { project, count } = countingProject(Object.fromEntries(names.map((name) => [name, []])));
  const calls = notedGit(project);
  const { env } = await serveModels(project, {
    tasks: Object.fromEntries(names.map((name) => [name, wrote({ [`${name}.txt`]: `${name}\n` })])),
  });

  const ran = await project.agentx(args, { env });

  expect(ran.exitCode, ran.stderr).toBe(0);
  expect(eventsOfType(ran.events, "task.merged")).toHaveLength(names.length);
  expect(count("installs")).toEqual(["install"]);
  const asked = calls().filter((call) => aboutObjects.test(call));
  const of = (command: string): number => asked.filter((call) => call.startsWith(command)).length;
  // One answers as long as the run lasts.
  expect(of("cat-file")).toBe(1);
  // A change's patch is made once, for the search for secrets, the flags and the review together.
  expect(of("diff-tree")).toBeLessThanOrEqual(names.length);
  // The worker's, and the one that lands.
  expect(of("commit-tree")).toBeLessThanOrEqual(2 * names.length);
  // Each has a file of its own.
  expect(of("merge-tree")).toBe(0);
  // Where it is placed, where its work is, and the branch that it lands on, which is made once; one process moves all of five seconds.
  expect(of("update-ref")).toBeLessThanOrEqual(3 * names.length + 1);
  const ofRun = asked.filter((call) => !/^(?:diff-tree|commit-tree|merge-tree|update-ref)/.test(call));
  expect(ofRun.length, ofRun.join("\n")).toBeLessThanOrEqual(6);
});

test("a gate runs once a tree: over landing, a crash, a resume, and a task that restores an earlier tree", async () => {
  const { project, count } = countingProject({ adds: [], takes: ["needs: adds"] });
  const takes = [calls({ tool: "shell", command: "rm adds.txt" }), finishes()];
  const served = await serveModels(project, {
    tasks: { adds: wrote({ "adds.txt": "adds\n" }), takes: { implement: takes, review: [approval] } },
  });

  const started = project.start(args, served);
  await Promise.race([started.event("gates.finished"), started.ended]);
  await kill(project, started);
  const ran = await project.agentx(["resume", "--json"], served);

  expect(ran.exitCode, ran.stderr).toBe(0);
  expect(git(project.root, "ls-files")).not.toContain("adds.txt");
  // The base's and the added one's; the third tree is the base's again.
  expect(count("gates")).toHaveLength(2);
  expect(new Set(count("gates")).size).toBe(2);
});
