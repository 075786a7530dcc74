import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { commitFiles, eventsOfType, git, type Project, type Ran } from "../../e2e/project.ts";
import { until } from "../../support/processes.ts";
import { approval, asks, calls, finishes, lastWords, planOf, writes } from "../../e2e/turns.ts";
import type { ModelServer } from "../../model-server/server.ts";
import type { ServerTurn } from "../../model-server/types.ts";
import { installProgram } from "../../support/npm-program.ts";
import {
  canary,
  filesWith,
  hasFileNamed,
  mixed,
  partOf,
  serveWithKey,
  turnsFor,
  vendors,
  wordsProject,
} from "../mixed-run.ts";

const found = "The words go into words.txt, one a line, and marzipan is taken.";

/** Tries to change the work that it judges, and to leave something beside it. */
const meddles = {
  call: {
    tool: "shell",
    command: "echo meddled > meddled.txt; echo meddled >> words.txt; git commit -qam meddled; ls",
  },
};

const script = {
  tasks: {
    look: { research: [{ call: { tool: "shell", command: "cat words.txt" } }, finishes(found)] },
    a: {
      implement: [writes({ "words.txt": "one\ntwo\n" }), finishes("two is there")],
      review: [meddles, approval],
    },
    b: {
      implement: [writes({ "words.txt": "one\nthree\n" }), finishes("three is there")],
      resolve: [
        calls({ tool: "read", path: "words.txt" }),
        writes({ "words.txt": "one\ntwo\nthree\n" }),
        finishes("both"),
      ],
      review: [meddles, approval],
    },
  },
};

type Served = { server: ModelServer; env: Record<string, string>; sawMeddling: () => boolean };

/** The script's models; task b hands over only when a has landed, so that it is b which meets a conflict. */
async function serve(project: Project, planner: readonly ServerTurn[] = []): Promise<Served> {
  let meddled = false;
  let hasBegun = false;
  const served = await serveWithKey(
    project,
    { ...script, planner },
    {
      instead: async (request) => {
        const { task, role } = partOf(request);
        meddled ||= hasFileNamed(project, "meddled.txt");
        if (task === "b" && role === "implement" && request.toolNames.length > 0) {
          hasBegun = true;
          await until(() => git(project.root, "log", "--all", "--format=%s").includes("Do a"));
        }
        // Not before b has begun on the same base.
        if (task === "a" && role === "review") await until(() => hasBegun);
        return null;
      },
    },
  );
  return { ...served, sawMeddling: () => meddled };
}

/** What holds of the run however its plan came about. */
function expectMixedWork(project: Project, ran: Ran, { server, sawMeddling }: Served): void {
  expect(ran.exitCode, ran.stderr + ran.stdout).toBe(0);
  expect(git(project.root, "show", "main:words.txt")).toBe("one\ntwo\nthree");
  expect(eventsOfType(ran.events, "task.done").map(({ task }) => task)).toEqual(["look"]);
  expect(eventsOfType(ran.events, "task.merged").map(({ task }) => task)).toEqual(["a", "b"]);
  expect(eventsOfType(ran.events, "merge.conflicted")).toMatchObject([{ task: "b", files: ["words.txt"] }]);

  const who = eventsOfType(ran.events, "agent.started").map((event) => {
    expect(event.credentials).toBe("gateway");
    return `${event.task} ${event.role} ${event.agent}`;
  });
  expect([...new Set(who)].toSorted()).toEqual([
    "a implement claude",
    "a review codex",
    "b implement claude",
    "b review codex",
    "look research gemini",
  ]);
  const called = eventsOfType(ran.events, "model.called");
  expect([...new Set(called.map(({ role, model }) => `${role} ${model}`))].toSorted()).toEqual([
    `implement ${vendors.anthropic}`,
    `research ${vendors.google}`,
    `resolve ${vendors.anthropic}`,
    `review ${vendors.openai}`,
  ]);
  for (const model of Object.values(vendors)) {
    const usd = called.filter((call) => call.model === model).map((call) => call.usd ?? 0);
    expect(Math.min(...usd), model).toBeGreaterThan(0);
  }
  const reviews = eventsOfType(ran.events, "review.finished");
  expect(reviews.map(({ task, verdict, model }) => `${task} ${verdict.type} ${model}`)).toEqual([
    `a approved ${vendors.openai}`,
    `b approved ${vendors.openai}`,
    `b approved ${vendors.openai}`,
  ]);

  for (const task of ["a", "b"])
    expect(turnsFor(server, { task, role: "implement" })[0]?.body).toContain("marzipan is taken");
  expect(turnsFor(server, { task: "b", role: "resolve" }).map(lastWords)[1]).toMatch(
    /<<<<<<<[^]*two[^]*=======[^]*three/,
  );
  const tried = turnsFor(server, { task: "a", role: "review" }).map(lastWords).join("\n");
  expect(tried).toContain("Read-only file system");
  expect(sawMeddling()).toBe(false);
  expect(hasFileNamed(project, "meddled.txt")).toBe(false);
  expect(git(project.root, "log", "--all", "--format=%s")).not.toContain("meddled");

  const [start] = eventsOfType(ran.events, "run.started");
  const report = readFileSync(join(project.root, ".agentx/runs", start?.run ?? "", "report.md"), "utf8");
  for (const agent of ["claude", "codex", "gemini"])
    expect(report).toContain(`\`${agent}\` (keys and counts by agentx)`);
  for (const model of Object.values(vendors)) expect(report).toMatch(new RegExp(`\\| \`${model}\` \\| \\d`));
  expect(report).toContain("resolving a conflict");
  // The search does find what is there.
  expect(filesWith(project, "marzipan is taken").join()).toContain("journal.db");
  expect(filesWith(project, canary)).toEqual([]);
}

describe("agents of three vendors in one run", () => {
  beforeAll(async () => {
    for (const name of ["claude", "codex", "gemini"] as const) await installProgram(name);
  });
  const args = ["--yes", "--json"];

  test("research, work and review are done by whom the configuration names, and a conflict by the built-in loop", async () => {
    const project = await wordsProject(mixed);
    commitFiles(project.root, {
      "plan.md": planOf({ look: ["role: research"], a: ["needs: look"], b: ["needs: look"] }),
    });
    const served = await serve(project);
    const ran = await project.agentx(["dispatch", "plan.md", ...args], { env: served.env });
    expectMixedWork(project, ran, served);
  });

  const prd = "# Words\n\nThe list of words is too short.\nPeople want two and three in it.\n";
  const task = (id: string, more: object): object => ({
    id,
    title: `Do ${id}`,
    role: "implement",
    needs: ["look"],
    touches: [`${id}-notes.txt`],
    acceptance: ["the word is there"],
    body: "As the PRD says.",
    ...more,
  });
  const submits = (b: object): ServerTurn =>
    calls({
      tool: "submit_plan",
      title: "Words",
      tasks: [task("look", { role: "research", needs: [], touches: [] }), task("a", {}), task("b", b)],
    });

  test("a text is planned by claude, which hears in its session what is wrong with its first plan", async () => {
    const project = await wordsProject(mixed);
    commitFiles(project.root, { "prd.md": prd });
    const served = await serve(project, [submits({ needs: ["lok"], acceptance: [] }), submits({})]);
    const ran = await project.agentx(["dispatch", "prd.md", ...args], { env: served.env });
    expectMixedWork(project, ran, served);
    const planning = turnsFor(served.server, { task: "plan", role: "plan" });
    expect(planning).toHaveLength(2);
    const [first, second] = planning;
    expect(first?.body).toContain("two and three");
    expect(second?.messages.filter(({ role }) => role === "assistant")).toHaveLength(1);
    expect(second && lastWords(second)).toMatch(/"b" needs "lok"[^]*Did you mean "look"/);
    expect(second && lastWords(second)).toContain('"b" has no acceptance criterion');
    const [start] = eventsOfType(ran.events, "run.started");
    expect(start?.plan).toMatchObject({ title: "Words", source: { file: "prd.md", format: "planner" } });
    expect(start?.planning.calls).toBeGreaterThanOrEqual(2);
    expect(start?.planning.usd).toBeGreaterThan(0);
  });

  test("a question of claude as the planner ends with 3 where nobody can be asked, and leaves nothing behind", async () => {
    const project = await wordsProject(mixed);
    commitFiles(project.root, { "prd.md": prd });
    const { env } = await serve(project, [asks("In which language?"), submits({})]);
    const ran = await project.agentx(["dispatch", "prd.md", ...args], { env });
    expect(ran.exitCode, ran.stdout + ran.stderr).toBe(3);
    expect(ran.stderr).toContain("the planner has a question first: In which language?");
    expect(ran.stderr).toContain("answer it in the PRD");
    expect(git(project.root, "for-each-ref", "--format=%(refname)")).toBe("refs/heads/main");
    expect(ran.events).toEqual([]);
  });
});
