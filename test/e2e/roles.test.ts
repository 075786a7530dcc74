import { expect, test } from "vitest";
import { commitFiles, eventsOfType, git, serveModels } from "./project.ts";
import { smallProject } from "./small-run.ts";
import { approval, calls, finishes, lastWords, planOf, requestsFor, writes, wrote } from "./turns.ts";

const models = `gates:
  check: sh check.sh
models:
  research: google/gemini-3.8-flash
  implement: anthropic/claude-opus-5-5
  review: openai/gpt-5.5
`;

test("research and review tasks change nothing, and hand what they found to who needs them", async () => {
  const project = smallProject({ "agentx.yaml": models });
  const plan = planOf({
    look: ["role: research"],
    judge: ["role: review", "needs: look"],
    a: ["needs: judge"],
  });
  commitFiles(project.root, { "plan.md": plan });
  const { server, env } = await serveModels(project, {
    tasks: {
      look: { research: [writes({ "look.txt": "x\n" }), finishes("there are two files")] },
      judge: { review: [calls({ tool: "shell", command: "touch judge.txt" }), finishes("both are fine")] },
      a: wrote({ "a.txt": "one\n" }),
    },
  });

  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], { env });

  expect(ran.exitCode).toBe(0);
  const look = requestsFor(server, "look", "research");
  const judge = requestsFor(server, "judge", "review");
  expect(look.map(({ provider }) => provider)).toEqual(["google", "google"]);
  expect(judge.map(({ provider }) => provider)).toEqual(["openai", "openai"]);
  for (const { toolNames } of [...look, ...judge])
    expect(toolNames).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(write|edit|shell)$/)]));
  expect(look[1] && lastWords(look[1])).toContain('there is no tool "write"');
  expect(judge[1] && lastWords(judge[1])).toContain('there is no tool "shell"');
  expect(judge[0] && lastWords(judge[0])).toContain("there are two files");
  const work = requestsFor(server, "a")[0];
  expect(work && lastWords(work)).toContain("both are fine");
  expect(eventsOfType(ran.events, "task.done").map(({ task }) => task)).toEqual(["look", "judge"]);
  expect(git(project.root, "diff", "--name-only", "HEAD~1", "HEAD")).toBe("a.txt");
  expect(project.read("plan.md").match(/- \[x\]/g)).toHaveLength(3);
});

test("a task's own model does its work, and another one than that reviews it", async () => {
  const project = smallProject({ "agentx.yaml": models });
  commitFiles(project.root, { "plan.md": planOf({ a: ["model: openai/gpt-5.5"], b: [] }) });
  const { server, env } = await serveModels(project, {
    tasks: { a: wrote({ "a.txt": "one\n" }), b: wrote({ "b.txt": "two\n" }) },
  });

  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], { env });

  expect(ran.exitCode).toBe(0);
  expect(requestsFor(server, "a").map(({ model }) => model)).toEqual(["gpt-5.5", "gpt-5.5"]);
  expect(requestsFor(server, "b").map(({ model }) => model)).toEqual(["claude-opus-5-5", "claude-opus-5-5"]);
});

test("a model that is out of reach is left for the role's next one, which is said", async () => {
  const project = smallProject({
    "agentx.yaml": models.replace(
      "implement: anthropic/claude-opus-5-5",
      "implement: [anthropic/claude-gone, openai/gpt-5.5]",
    ),
  });
  commitFiles(project.root, { "plan.md": planOf({ a: [] }) });
  const { env } = await serveModels(
    project,
    { tasks: { a: wrote({ "a.txt": "one\n" }) } },
    { models: ["gpt-5.5"] },
  );

  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], { env });

  expect(ran.exitCode).toBe(0);
  const [left] = eventsOfType(ran.events, "model.left");
  expect(left).toMatchObject({ role: "implement", next: "openai/gpt-5.5" });
  expect(left?.reason).toMatch(/claude-gone.*\(404\)/);
  const callers = eventsOfType(ran.events, "model.called").map(({ role, model }) => `${role} ${model}`);
  expect(callers).toEqual(["implement openai/gpt-5.5", "implement openai/gpt-5.5", "review openai/gpt-5.5"]);
  // The one that took over is the one that reviews: nobody else was there, and the report says so.
  expect(eventsOfType(ran.events, "review.finished")[0]).toMatchObject({ sameModel: true });
});

test("a key that is refused is no reason to stop while another vendor's is there", async () => {
  const project = smallProject();
  commitFiles(project.root, { "plan.md": planOf({ a: [] }) });
  const { env } = await serveModels(
    project,
    { tasks: { a: wrote({ "a.txt": "one\n" }) } },
    { key: "good-key" },
  );

  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], {
    env: { ...env, OPENAI_API_KEY: "good-key", GEMINI_API_KEY: "good-key" },
  });

  expect(ran.exitCode).toBe(0);
  const [left] = eventsOfType(ran.events, "model.left");
  expect(left?.reason).toContain("anthropic refused the key in ANTHROPIC_API_KEY (401)");
  expect(project.read(`.agentx/runs/${eventsOfType(ran.events, "run.started")[0]?.run}/report.md`)).toContain(
    "took over",
  );
  // It took over from Anthropic's, so it is the writer, and the review goes to a third.
  expect(eventsOfType(ran.events, "review.finished")[0]).toMatchObject({
    model: "google/gemini-3.8-flash",
    sameModel: false,
  });
});

test("a reviewer that is out of reach is stood in for, by the writer itself when nobody else is left", async () => {
  const project = smallProject({ "agentx.yaml": models });
  commitFiles(project.root, { "plan.md": planOf({ a: [] }) });
  const { env } = await serveModels(
    project,
    { tasks: { a: wrote({ "a.txt": "one\n" }) } },
    { models: ["claude-opus-5-5"] },
  );

  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], { env });

  expect(ran.exitCode).toBe(0);
  expect(eventsOfType(ran.events, "review.finished")).toMatchObject([
    { model: "anthropic/claude-opus-5-5", sameModel: true, verdict: { type: "approved" } },
  ]);
});

test("with one model the report says that it judged its own work", async () => {
  const project = smallProject();
  commitFiles(project.root, { "plan.md": planOf({ a: [] }) });
  const { env } = await serveModels(project, {
    tasks: { a: { implement: [writes({ "a.txt": "one\n" }), finishes()], review: [approval] } },
  });
  const { ANTHROPIC_API_KEY = "", ANTHROPIC_BASE_URL = "" } = env;

  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], {
    env: { ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL },
  });

  expect(ran.exitCode).toBe(0);
  expect(eventsOfType(ran.events, "review.finished")[0]).toMatchObject({ sameModel: true });
  const [start] = eventsOfType(ran.events, "run.started");
  expect(project.read(`.agentx/runs/${start?.run}/report.md`)).toContain("the **same model** as the worker");
});

test("any server that speaks Chat Completions does a whole task without a key", async () => {
  const project = smallProject();
  const { server } = await serveModels(project, { tasks: { a: wrote({ "a.txt": "one\n" }) } });
  commitFiles(project.root, {
    "plan.md": planOf({ a: [] }),
    "agentx.yaml": `gates: { check: sh check.sh }
models: { implement: local/small, review: local/judge }
providers: { local: { api: openai-chat, baseUrl: "${server.url}/v1" } }
`,
  });

  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json"]);

  expect(ran.exitCode).toBe(0);
  expect(new Set(server.calls().map(({ provider }) => provider))).toEqual(new Set(["openai-chat"]));
  expect(eventsOfType(ran.events, "review.finished")[0]).toMatchObject({
    model: "local/judge",
    sameModel: false,
  });
  expect(eventsOfType(ran.events, "model.called")[0]?.usd).toBe(null);
  expect(project.read("a.txt")).toBe("one\n");
});
