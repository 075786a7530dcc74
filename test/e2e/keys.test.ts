import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Fault } from "../model-server/types.ts";
import { commitFiles, eventsOfType, git, modelEnv, type Project } from "./project.ts";
import { serveTwisted, smallProject, subPlan, subScript, type Twist, writes } from "./small-run.ts";

function projectWithPlan(): Project {
  const project = smallProject();
  commitFiles(project.root, { "plan.md": subPlan });
  return project;
}

test("without a key the run does not begin, and every way to a model is named", async () => {
  const project = projectWithPlan();
  const ran = await project.agentx(["dispatch", "plan.md", "--yes"]);
  expect(ran.exitCode).toBe(2);
  for (const word of [
    "NO_MODEL",
    "ANTHROPIC_API_KEY",
    "OPENAI_API_KEY",
    "GEMINI_API_KEY",
    "agentx.yaml",
    "agentx demo",
  ])
    expect(ran.stderr).toContain(word);
  expect(git(project.root, "status", "--porcelain")).toBe("");
});

test.each([
  ["nonsense", '"nonsense" is not a model'],
  ["foo/bar", 'there is no provider "foo"'],
  ["scripted/nope.yaml", "check the path after scripted/"],
])("a model that cannot be meant (%s) is refused before anything is made", async (model, words) => {
  const project = projectWithPlan();
  const env = { ANTHROPIC_API_KEY: "some" };
  const flag = await project.agentx(["dispatch", "plan.md", "--yes", "--model", model], { env });
  commitFiles(project.root, { "plan.md": `${subPlan}  - model: ${model}\n` });
  const task = await project.agentx(["dispatch", "plan.md", "--yes"], { env });
  expect([flag.exitCode, task.exitCode]).toEqual([2, 2]);
  expect(flag.stderr).toContain("BAD_MODEL");
  expect(flag.stderr).toContain(words);
  // The form of a task's model belongs to the plan.
  expect(task.stderr).toContain(model === "nonsense" ? "which names no provider" : words);
  expect(existsSync(join(project.root, ".agentx"))).toBe(false);
});

test("a role none of whose models has its key is refused, and the variable is named", async () => {
  const project = projectWithPlan();
  const args = [
    "dispatch",
    "plan.md",
    "--yes",
    "--model",
    "openai/gpt-5.5",
    "--model",
    "google/gemini-3.8-flash",
  ];
  const ran = await project.agentx(args, { env: { ANTHROPIC_API_KEY: "some" } });
  expect(ran.exitCode).toBe(2);
  expect(ran.stderr).toContain("NO_KEY");
  for (const word of ["OPENAI_API_KEY is not set", "GEMINI_API_KEY or GOOGLE_API_KEY is not set"])
    expect(ran.stderr).toContain(word);
  expect(existsSync(join(project.root, ".agentx"))).toBe(false);
});

test.each(["dispatch", "plan"])("what is wrong with a plan is said by %s without a key", async (command) => {
  const project = projectWithPlan();
  commitFiles(project.root, { "plan.md": `${subPlan}  - needs: nobody\n` });
  const ran = await project.agentx([command, "plan.md"]);
  expect(ran.exitCode).toBe(2);
  expect(ran.stderr).toMatch(/needs "nobody", which no task has\n +Remove the need, or add the task/);
});

const vendors = [
  ["Anthropic", "anthropic/claude-opus-5-5", "ANTHROPIC_API_KEY"],
  ["OpenAI", "openai/gpt-5.5", "OPENAI_API_KEY"],
  ["Google", "google/gemini-3.8-flash", "GEMINI_API_KEY"],
] as const;

test.each(vendors)(
  "a wrong key at %s holds the run, and the right one finishes it",
  async (_, model, variable) => {
    const project = projectWithPlan();
    const { server, names } = await serveTwisted(subScript, undefined, { key: "right" });
    const env = { ...modelEnv(server.url), [variable]: "canary-4711" };

    const held = await project.agentx(["dispatch", "plan.md", "--yes", "--json", "--model", model], { env });

    expect(held.exitCode).toBe(3);
    expect(names()).toEqual([]);
    const [question] = eventsOfType(held.events, "question.asked");
    expect(question?.question).toMatchObject({ kind: "provider", task: null });
    expect(question?.question.text).toContain(variable);
    expect(held.stdout + held.stderr).not.toContain("canary-4711");

    const resumed = await project.agentx(["resume", "--json"], { env: { ...env, [variable]: "right" } });
    expect(resumed.stderr).toBe("");
    expect(resumed.exitCode).toBe(0);
    // What the provider refused was no attempt of the worker's.
    expect(eventsOfType(resumed.events, "attempt.started").map(({ attempt }) => attempt)).toEqual([1]);
    expect(project.read("sub.txt")).toBe("sub\n");
  },
);

test.each(vendors)("a model that %s does not have holds the run with its name", async (_, model) => {
  const project = projectWithPlan();
  const { server } = await serveTwisted(subScript, undefined, { models: ["another"] });
  const args = ["dispatch", "plan.md", "--yes", "--json", "--model", model];
  const held = await project.agentx(args, { env: modelEnv(server.url) });
  expect(held.exitCode).toBe(3);
  const [question] = eventsOfType(held.events, "question.asked");
  expect(question?.question.kind).toBe("provider");
  expect(question?.question.text).toContain(model.slice(model.indexOf("/") + 1));
});

test("two tasks that meet the wrong key ask once, and both go on with the right one", async () => {
  const project = smallProject();
  const plan = `${subPlan}- [ ] Add multiplication \`#mul\`\n`;
  commitFiles(project.root, { "plan.md": plan });
  const script = `${subScript}${writes("mul")}`;
  const { server, env } = await serveTwisted(script, undefined, { key: "right" });
  const wrong = { ...env, ANTHROPIC_API_KEY: "wrong" };
  const held = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], { env: wrong });
  expect(held.exitCode).toBe(3);
  expect(eventsOfType(held.events, "question.asked")).toHaveLength(1);
  const again = await project.agentx(["resume", "--json"], { env: wrong });
  expect(again.exitCode).toBe(3);
  expect(server.calls().length).toBeLessThanOrEqual(4);
  const resumed = await project.agentx(["resume"], { env: { ...env, ANTHROPIC_API_KEY: "right" } });
  expect(resumed.exitCode).toBe(0);
  expect(git(project.root, "log", "--format=%s")).toContain("Add multiplication");
});

const passing: [what: string, fault: Fault][] = [
  ["a 429 with a time to wait", { type: "status", status: 429, retryAfter: 1 }],
  ["an overloaded provider", { type: "status", status: 529 }],
  ["a connection that is reset", { type: "reset" }],
  ["a stream that is cut in the middle", { type: "cut", afterBytes: 400 }],
  ["a stream without its end", { type: "early-end" }],
];

test.each(passing)("%s is waited for and is no attempt", async (_, fault) => {
  const project = projectWithPlan();
  const once: Twist = ({ name, before }, turn) =>
    name === "sub implement 2" && before === 0 ? { ...turn, fault } : turn;
  const { env, names } = await serveTwisted(subScript, once);

  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], { env });

  expect(ran.exitCode).toBe(0);
  expect(names()).toEqual(["sub implement 1", "sub implement 2", "sub implement 2", "sub review 1"]);
  expect(eventsOfType(ran.events, "attempt.started")).toHaveLength(1);
  expect(eventsOfType(ran.events, "question.asked")).toEqual([]);
  expect(project.read("sub.txt")).toBe("sub\n");
});

test("a reviewer out of reach holds the run, and the work is reviewed as it is once it answers", async () => {
  const project = projectWithPlan();
  const revoked: Twist = ({ name, before }, turn) =>
    name === "sub review 1" && before === 0 ? { ...turn, fault: { type: "status", status: 401 } } : turn;
  const { env, names } = await serveTwisted(subScript, revoked);
  const held = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], { env });
  expect(held.exitCode).toBe(3);
  const asked = eventsOfType(held.events, "question.asked").map(({ question }) => question);
  expect(asked).toMatchObject([{ kind: "provider", task: null }]);
  expect(asked[0]?.text).toContain("ANTHROPIC_API_KEY");
  const resumed = await project.agentx(["resume", "--json"], { env });
  expect(resumed.exitCode).toBe(0);
  expect(names()).toEqual(["sub implement 1", "sub implement 2", "sub review 1", "sub review 1"]);
});
