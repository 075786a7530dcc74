import { expect, test } from "vitest";
import { commitFiles, eventsOfType, git, serveModels } from "./project.ts";
import { smallProject } from "./small-run.ts";
import { requestsFor, wrote } from "./turns.ts";

type Format = { name: string; file: string; ids: [string, string]; before: string; after: string };

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const ralph = (passes: boolean[]): string =>
  json({
    project: "Sums",
    branchName: "ralph/sums",
    userStories: ["one", "two", "three"].map((title, index) => ({
      id: `US-00${index + 1}`,
      title,
      acceptanceCriteria: ["it is there"],
      priority: index + 1,
      passes: passes[index],
    })),
  });

const taskmaster = (states: string[]): string =>
  json({
    master: {
      tasks: ["one", "two", "three"].map((title, index) => ({
        id: index + 1,
        title,
        description: `Write ${title}.`,
        status: states[index],
        dependencies: index === 0 ? [] : [index],
        priority: "high",
      })),
      metadata: { created: "2025-08-01T10:00:00Z" },
    },
  });

const ralphPrd = (boxes: string[]): string =>
  boxes
    .map((box, index) => `### US-00${index + 1}: Story\n**Description:** Words.\n\n- [${box}] it is there\n`)
    .join("\n")
    .replace(/^/, "# PRD: Sums\r\n\n## User Stories\n\n")
    .concat("\n## Non-Goals\n\n- [ ] a box that is no criterion\n");

const dispatchList = (boxes: string[]): string =>
  `# Sums\n\n${["one", "two", "three"].map((word, index) => `- [${boxes[index]}] Write ${word} — in a file`).join("\n")}\n`;

const specKit = (boxes: string[]): string =>
  `# Tasks: Sums\n\n## Phase 1: Setup\n\n- [${boxes[0]}] T001 Write one\n\n## Phase 2: Rest\n\n- [${boxes[1]}] T002 [P] [US1] Write two\n* [${boxes[2]}] T003 [P] [US1] Write three\n`;

const formats: Format[] = [
  {
    name: "Ralph's prd.json",
    file: "prd.json",
    ids: ["us-002", "us-003"],
    before: ralph([true, false, false]),
    after: ralph([true, true, true]),
  },
  {
    name: "Ralph's tasks/prd-*.md",
    file: "tasks/prd-sums.md",
    ids: ["us-002", "us-003"],
    before: ralphPrd(["x", " ", " "]),
    after: ralphPrd(["x", "x", "x"]),
  },
  {
    name: "Dispatch's checklist",
    file: "plan.md",
    ids: ["write-two", "write-three"],
    before: dispatchList(["x", "?", " "]),
    after: dispatchList(["x", "x", "x"]),
  },
  {
    name: "Taskmaster's tasks.json",
    file: ".taskmaster/tasks/tasks.json",
    ids: ["2", "3"],
    before: taskmaster(["done", "in-progress", "pending"]),
    after: taskmaster(["done", "done", "done"]),
  },
  {
    name: "spec-kit's tasks.md",
    file: "specs/001-sums/tasks.md",
    ids: ["t002", "t003"],
    before: specKit(["X", " ", " "]),
    after: specKit(["X", "x", "x"]),
  },
];

test.each(formats)("$name is dispatched as it is, and only its ticks are written back", async (format) => {
  const { file, ids, before, after } = format;
  const project = smallProject();
  commitFiles(project.root, { [file]: before });
  const [first, second] = ids;
  const { server, env } = await serveModels(project, {
    tasks: { [first]: wrote({ "two.txt": "two\n" }), [second]: wrote({ "three.txt": "three\n" }) },
  });

  const ran = await project.agentx(["dispatch", file, "--yes", "--json"], { env });

  expect(ran.exitCode).toBe(0);
  expect(new Set(eventsOfType(ran.events, "attempt.started").map(({ task }) => task))).toEqual(new Set(ids));
  expect(requestsFor(server, first)).toHaveLength(2);
  expect(project.read(file)).toBe(after);
  expect(project.read("two.txt") + project.read("three.txt")).toBe("two\nthree\n");
  expect(git(project.root, "status", "--porcelain")).toBe(` M ${file}`);

  const calls = server.requests.length;
  const again = await project.agentx(["dispatch", file, "--yes", "--plain"], { env });
  expect(again.exitCode).toBe(0);
  expect(again.stderr).toContain(`${file}: every task is done already`);
  expect(server.requests).toHaveLength(calls);
});

const shortPlan = "# Sums\n\n## Tasks\n\n- [ ] Write a `#a`\n";

test("a plan is taken from standard input, where nothing can be ticked", async () => {
  const project = smallProject();
  const { env } = await serveModels(project, { tasks: { a: wrote({ "a.txt": "one\n" }) } });

  const ran = await project.agentx(["dispatch", "-", "--yes", "--json"], { env, input: shortPlan });

  expect(ran.exitCode).toBe(0);
  expect(eventsOfType(ran.events, "run.started")[0]?.plan.source).toEqual({
    file: "standard input",
    format: "plan",
  });
  expect(git(project.root, "status", "--porcelain")).toBe("");
  expect(project.read("a.txt")).toBe("one\n");
});

test("a plan is taken from the command line itself", async () => {
  const project = smallProject();
  const { env } = await serveModels(project, { tasks: { a: wrote({ "a.txt": "one\n" }) } });

  const ran = await project.agentx(["dispatch", shortPlan, "--yes", "--json"], { env });

  expect(ran.exitCode).toBe(0);
  expect(eventsOfType(ran.events, "run.started")[0]?.plan.source.file).toBe("the command line");
  expect(git(project.root, "status", "--porcelain")).toBe("");
});
