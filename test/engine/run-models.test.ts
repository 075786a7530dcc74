import { describe, expect, it } from "vitest";
import { cliPrograms } from "../../src/agents/programs/programs.ts";
import { type AgentSpec, apiForEveryRole, programNames } from "../../src/core/agent-spec.ts";
import type { Places } from "../../src/config/config.ts";
import type { Role, Task } from "../../src/core/plan.ts";
import { programApis } from "../../src/core/program-apis.ts";
import type { RunSettings } from "../../src/core/run-settings.ts";
import { demandsOf, rolesOf } from "../../src/engine/demands.ts";
import { fitModels } from "../../src/engine/fit-models.ts";
import { misfitOf } from "../../src/engine/misfit.ts";
import { modelsFor } from "../../src/core/role-models.ts";
import { reviewersFor } from "../../src/engine/run-models.ts";
import { plan, settings, task } from "../support/core-run.ts";

const [claude, gpt, gemini] = ["anthropic/claude-opus-5-5", "openai/gpt-5.5", "google/gemini-3.8-flash"];
const all = [claude, gpt, gemini];

function spec(changes: Partial<AgentSpec> = {}): AgentSpec {
  const plain = { model: null, prompt: "", credentials: "gateway", web: false, env: {} } as const;
  return { type: "program", program: "claude", ...plain, ...changes } as AgentSpec;
}

function set(agents: Partial<Record<Role, string>>, changes: Partial<RunSettings> = {}): RunSettings {
  const models = { plan: all, research: all, implement: all, review: [gpt, gemini, claude], resolve: all };
  return settings({
    models,
    agents: { ...apiForEveryRole, ...agents },
    programs: {},
    cassette: null,
    ...changes,
  });
}

const implementing = (settings: RunSettings, changes: Partial<Task> = {}) =>
  modelsFor(settings, { role: "implement", task: task("a", changes) });

it("what is known of the programs is what is known of them here", () => {
  const known = Object.fromEntries(programNames.map((name) => [name, cliPrograms[name].apis]));
  expect(programApis).toEqual(known);
});

describe("the models of a role", () => {
  it("are all of them for the built-in agent, and those that it can speak to for a program", () => {
    expect(implementing(set({}))).toEqual(all);
    expect(implementing(set({ implement: "claude" }))).toEqual([claude]);
    expect(implementing(set({ implement: "gemini" }))).toEqual([gemini]);
    expect(implementing(set({ implement: "opencode" }))).toEqual(all);
  });

  it("are told apart by their provider's protocol, not by its name", () => {
    const providers = {
      proxy: { api: "anthropic", baseUrl: "https://x.test", keyEnv: null },
      openai: { api: "openai-chat", baseUrl: null, keyEnv: null },
    } as const;
    const models = { ...set({}).models, implement: ["proxy/any", gpt, "unknown/x"] };
    expect(implementing(set({ implement: "claude" }, { providers, models }))).toEqual(["proxy/any"]);
    expect(implementing(set({ implement: "codex" }, { providers, models }))).toEqual([]);
    const programs = { goose: spec({ type: "acp", command: "goose", args: [] }) };
    expect(implementing(set({ implement: "goose" }, { providers, models, programs }))).toEqual([
      "proxy/any",
      gpt,
    ]);
  });

  it("are the agent's own model where it names one, after the task's", () => {
    const programs = { careful: spec({ model: "anthropic/careful" }) };
    const careful = set({ implement: "careful" }, { programs });
    expect(implementing(careful)).toEqual(["anthropic/careful"]);
    expect(implementing(careful, { model: claude })).toEqual([claude, "anthropic/careful"]);
  });

  it("are none for an agent with its own login, unless it or the task names one", () => {
    const own = set({ implement: "claude" }, { programs: { claude: spec({ credentials: "own" }) } });
    expect(implementing(own)).toEqual([]);
    expect(implementing(own, { model: claude })).toEqual([claude]);
  });

  it("follow the task's own agent in the task's own role only", () => {
    const codex = task("a", { agent: "codex" });
    expect(modelsFor(set({}), { role: "implement", task: codex })).toEqual([gpt]);
    expect(modelsFor(set({}), { role: "resolve", task: codex })).toEqual(all);
  });
});

describe("reviewers", () => {
  it("are those that the reviewing agent can speak to, another than the writer first", () => {
    expect(reviewersFor(set({}), claude)).toEqual([gpt, gemini, claude]);
    expect(reviewersFor(set({ review: "codex" }), claude)).toEqual([gpt]);
    expect(reviewersFor(set({ review: "claude" }), claude)).toEqual([claude]);
    expect(reviewersFor(set({ review: "opencode" }), gpt)).toEqual([gemini, claude, gpt]);
  });

  it("are the agent's own model, or nobody where it chooses", () => {
    const programs = { named: spec({ model: "anthropic/named" }), own: spec({ credentials: "own" }) };
    expect(reviewersFor(set({ review: "named" }, { programs }), claude)).toEqual(["anthropic/named"]);
    expect(reviewersFor(set({ review: "own" }, { programs }), claude)).toEqual([]);
  });

  it("of a writer whose model nobody knows are the others", () => {
    expect(reviewersFor(set({ review: "codex" }), "claude")).toEqual([gpt]);
  });
});

const never = () => false;
const places: Places = {
  agents: { implement: "agentx.yaml:3" },
  models: { implement: new Map([[gpt, "agentx.yaml:5"]]) },
  programModels: new Map(),
};
const demands = (settings: RunSettings, tasks: Task[]) => {
  const of = plan(...tasks);
  return demandsOf({ settings, plan: of, needed: rolesOf(of), places });
};

describe("a model that fits", () => {
  const onlyGpt = { plan: [gpt], research: [gpt], implement: [gpt], review: [gpt], resolve: [gpt] };

  it("is added for an agent that can speak to none of the defaults", () => {
    const run = set({ implement: "claude" }, { models: onlyGpt });
    const fitted = fitModels(run, demands(run, [task("a")]), never);
    expect(fitted.models).toEqual({ ...onlyGpt, implement: [gpt, claude] });
    expect(implementing(fitted)).toEqual([claude]);
  });

  it("is added for a task's agent too", () => {
    const run = set({}, { models: onlyGpt });
    const asking = task("a", { agent: "gemini" });
    expect(implementing(fitModels(run, demands(run, [asking]), never), asking)).toEqual([gemini]);
  });

  it("is not added where one fits, where the person named models, or where none is needed", () => {
    const programs = { own: spec({ credentials: "own" }), named: spec({ model: claude }) };
    for (const implement of ["codex", "own", "named", "api"]) {
      const run = set({ implement }, { models: onlyGpt, programs });
      expect(fitModels(run, demands(run, [task("a")]), never).models).toEqual(onlyGpt);
    }
    const run = set({ implement: "claude" }, { models: onlyGpt });
    expect(fitModels(run, demands(run, [task("a")]), () => true).models).toEqual(onlyGpt);
  });

  it("that is missing is said with the agent, what asked for it, and the models", () => {
    const run = set({ implement: "claude" }, { models: onlyGpt });
    const said = demands(run, [task("a")]).map((demand) =>
      misfitOf(demand, { settings: run, plan: plan(), places }),
    );
    expect(said.filter((problem) => problem !== null)).toEqual([
      {
        where: "agentx.yaml:5",
        what: "claude, which agentx.yaml:3 asks for, speaks anthropic, and not to openai/gpt-5.5 (openai)",
        hint: "name a model that it can speak to in models.implement or in programs.claude.model, or another agent",
      },
    ]);
  });

  it("that a task names and its agent cannot speak to is said, although the role's would do", () => {
    const run = set({ implement: "claude" });
    const [, , , own] = demands(run, [task("a", { line: 7, model: gpt })]);
    expect(misfitOf(own ?? expect.fail(), { settings: run, plan: plan(), places })?.where).toBe("plan.md:7");
  });
});

describe("who is needed", () => {
  const needed = (...tasks: Task[]) =>
    demands(set({ implement: "claude" }), tasks).map(
      (one) => `${one.task?.id ?? one.role} ${one.agent} ${one.agentAt}`,
    );

  it("is every role of the plan, by the place that names its agent", () => {
    expect(needed(task("a"))).toEqual([
      "implement claude agentx.yaml:3",
      "review api agents.review",
      "resolve api agentx.yaml:3",
    ]);
  });

  it("is no role whose tasks all ask for others", () => {
    expect(needed(task("a", { agent: "pi", line: 4 }), task("b", { role: "research", done: true }))).toEqual([
      "review api agents.review",
      "resolve api agentx.yaml:3",
      "a pi plan.md:4",
    ]);
  });
});
