import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repositoryHome } from "../../src/sys/paths.ts";
import { commitFiles, eventsOfType, git, type Project, serveModels } from "./project.ts";
import { smallProject } from "./small-run.ts";
import { aboutOf, asks, calls, lastWords, requestsFor, wrote } from "./turns.ts";

const prd = "# Counting\n\nPeople want to count to two, in files.\nOne file a number.\n";

type Planned = { id: string; needs?: string[]; acceptance?: string[] };

function submits(...tasks: Planned[]): ReturnType<typeof calls> {
  return calls({
    tool: "submit_plan",
    title: "Counting",
    tasks: tasks.map((task) => ({
      title: `Write ${task.id}`,
      role: "implement",
      needs: [],
      touches: [`${task.id}.txt`],
      acceptance: [`${task.id}.txt is there`],
      body: "As the PRD says.",
      ...task,
    })),
  });
}

const tasks = { one: wrote({ "one.txt": "1\n" }), two: wrote({ "two.txt": "2\n" }) };
const good = submits({ id: "one" }, { id: "two", needs: ["one"] });

/** Names of what is left of plannings and runs. */
function scratchOf({ env, root }: Project): string[] {
  const home = repositoryHome({ AGENTX_HOME: env["AGENTX_HOME"] }, root, null);
  return readdirSync(join(home, "scratch"));
}

test("a text is planned by a model that reads the repository and hears every fault of its plan at once", async () => {
  const project = smallProject();
  commitFiles(project.root, { "prd.md": prd });
  const { server, env } = await serveModels(project, {
    planner: [
      calls({ tool: "read", path: "readme.md" }, { tool: "shell", command: "touch made-by-planner" }),
      submits({ id: "one", acceptance: [] }, { id: "two", needs: ["oen"] }, { id: "two" }),
      good,
    ],
    tasks,
  });

  const ran = await project.agentx(["dispatch", "prd.md", "--yes", "--json"], { env });

  expect(ran.exitCode).toBe(0);
  const planning = requestsFor(server, "plan", "plan");
  expect(planning.map(({ provider }) => provider)).toEqual(["anthropic", "anthropic", "anthropic"]);
  expect(planning[0] && lastWords(planning[0])).toContain("People want to count to two");
  const [, afterReading, afterFaults] = planning.map(lastWords);
  expect(afterReading).toContain("hello");
  expect(afterReading).toContain('there is no tool "shell"');
  expect(afterFaults).toMatch(/"two" needs "oen", which no task has\n +Did you mean "one"\?/);
  expect(afterFaults).toContain('the id "two" is already taken');
  expect(afterFaults).toContain('"one" has no acceptance criterion');
  const [start] = eventsOfType(ran.events, "run.started");
  expect(start?.plan).toMatchObject({ title: "Counting", source: { file: "prd.md", format: "planner" } });
  expect(start?.planning.calls).toBe(3);
  expect(eventsOfType(ran.events, "task.merged").map(({ task }) => task)).toEqual(["one", "two"]);
  expect(project.read("one.txt") + project.read("two.txt")).toBe("1\n2\n");
  // The PRD has no boxes, and nobody touched it.
  expect(git(project.root, "status", "--porcelain")).toBe("");
});

test("a plan that was written to a file is dispatched as it stands, and never written over another", async () => {
  const project = smallProject();
  commitFiles(project.root, { "prd.md": prd });
  const { server, env } = await serveModels(project, { planner: [good], tasks });

  const planned = await project.agentx(["plan", "prd.md", "-o", "plan2.md"], { env });
  expect(planned.exitCode).toBe(0);
  expect(planned.stdout).toBe("");
  expect(planned.stderr).toContain("agentx dispatch plan2.md");
  const text = project.read("plan2.md");
  expect(text).toContain("- [ ] Write two `#two`");
  expect(text).toContain("People want to count to two");
  expect(git(project.root, "for-each-ref", "--format=%(refname)")).toBe("refs/heads/main");

  const requests = server.requests.length;
  const refused = await project.agentx(["plan", "prd.md", "-o", "plan2.md"], { env });
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain("nothing of yours is ever overwritten");
  expect(project.read("plan2.md")).toBe(text);
  expect(server.requests).toHaveLength(requests);

  const ran = await project.agentx(["dispatch", "plan2.md", "--yes", "--json"], { env });
  expect(ran.exitCode).toBe(0);
  expect(requestsFor(server, "plan", "plan")).toHaveLength(1);
  expect(project.read("plan2.md")).toBe(text.replaceAll("- [ ]", "- [x]"));
  expect(project.read("one.txt") + project.read("two.txt")).toBe("1\n2\n");
});

test("a planner's question ends with 3 where nobody can be asked, and with --defaults by its default", async () => {
  const project = smallProject();
  commitFiles(project.root, { "prd.md": prd });
  const { server, env } = await serveModels(project, {
    planner: [asks("Roman or Arabic?", { default: "Arabic" }), good],
  });

  const asked = await project.agentx(["plan", "prd.md"], { env });
  const byDefault = await project.agentx(["plan", "prd.md", "--defaults"], { env });

  expect(asked.exitCode).toBe(3);
  expect(asked.stdout).toBe("");
  expect(asked.stderr).toContain("Roman or Arabic?");
  expect(asked.stderr).toContain("answer it in the PRD");
  expect(byDefault.exitCode).toBe(0);
  expect(byDefault.stdout).toContain("- [ ] Write one `#one`");
  const last = requestsFor(server, "plan", "plan").at(-1);
  expect(last && lastWords(last)).toContain("The person answers: Arabic");
});

test("a planner that ends without a plan says why, and what to do", async () => {
  const project = smallProject();
  commitFiles(project.root, { "prd.md": `${prd}\n- [ ] Count\n` });
  const { env } = await serveModels(project, { planner: [{ say: "I will not.", stop: "refusal" }] });

  const ran = await project.agentx(["dispatch", "prd.md", "--yes"], { env });

  expect(ran.exitCode).toBe(2);
  expect(ran.stderr).toMatch(
    /^prd\.md is a text, not a plan \(no heading "## Tasks" stands above its boxes\): \S+ plans it now\.$/m,
  );
  expect(ran.stderr).toContain("no plan came of it: the model declined: I will not.");
  expect(ran.stderr).toContain("write the tasks yourself");
  expect(git(project.root, "for-each-ref", "--format=%(refname)")).toBe("refs/heads/main");
  expect(scratchOf(project)).toEqual([]);
});

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s while the planner thinks ends with 130 and leaves nothing behind",
  async (signal) => {
    const project = smallProject();
    commitFiles(project.root, { "prd.md": prd });
    const begun = Promise.withResolvers<void>();
    const { env } = await serveModels(
      project,
      { planner: [good] },
      {
        instead: (request) => {
          if (aboutOf(request).role === "plan") begun.resolve();
          return { fault: { type: "hang", afterBytes: 0 } };
        },
      },
    );
    const started = project.start(["dispatch", "prd.md", "--yes"], { env });
    await begun.promise;
    started.child.kill(signal);
    const ran = await started.ended;

    expect(ran.exitCode).toBe(130);
    expect(ran.stderr).toContain("prd.md: the planning was interrupted; nothing was started");
    expect(git(project.root, "for-each-ref", "--format=%(refname)")).toBe("refs/heads/main");
    expect(scratchOf(project)).toEqual([]);
  },
);
