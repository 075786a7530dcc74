import { expect, test } from "vitest";
import { renderAccount } from "../../../src/agents/guest/account.ts";
import { chooseModels } from "../../../src/agents/guest/choose-models.ts";
import { renderGuestSystem } from "../../../src/agents/guest/guest-skill.ts";
import { lastJson } from "../../../src/agents/guest/last-json.ts";
import { createUsageMeter, vendorOf } from "../../../src/agents/guest/told-usage.ts";
import type { AgentSpec } from "../../../src/core/agent-spec.ts";
import { roles } from "../../../src/core/plan.ts";
import type { Message } from "../../../src/models/model.ts";

const user = (text: string): Message => ({ role: "user", text });
const model = (text: string): Message => ({ role: "assistant", text, toolCalls: [], native: null });

test.each<[string, unknown]>([
  ['{"a":1}', { a: 1 }],
  ['first {"a":1} then {"a":2} and words', { a: 2 }],
  ['```json\n{"a":{"b":"}{"}}\n```\nas said', { a: { b: "}{" } }],
  ['```json\n{"a":1}\n```\nAgain:\n```\n{"a":2}\n```', { a: 2 }],
  ['{"a":{"b":[1,{"c":2}]}}', { a: { b: [1, { c: 2 }] } }],
  ['{"a":1}\nuse {x} there', { a: 1 }],
  ['```ts\nconst x = {};\n```\n{"a":1}', { a: 1 }],
  ["[1, 2]", null],
  ["no object", null],
  ["}{", null],
  ["", null],
])("the last JSON object of %j", (text, value) => {
  expect(lastJson(text)).toEqual(value);
});

test("a text full of braces is given up on soon", () => {
  const began = performance.now();
  expect(lastJson("{x} ".repeat(20_000))).toBeNull();
  expect(performance.now() - began).toBeLessThan(2_000);
});

test("an account without a past is the prompt alone", () => {
  expect(renderAccount({ opening: "Do it.", since: [], news: "" })).toBe("Do it.");
  expect(renderAccount({ opening: "Do it.", since: [], news: "Now." })).toBe("Do it.\n\nNow.");
});

test("an account keeps the newest, cuts the long, and fences what was said", () => {
  const since = Array.from({ length: 30 }, (_, at) => model(`${at}: ${"x".repeat(3_000)}`));
  const text = renderAccount({ opening: "Do it.", since: [...since, user("```\nred")], news: "Now." });
  expect(text.length).toBeLessThan(13_500);
  expect(text).toContain("earlier messages left out]");
  expect(text).toContain("you: 29: xxx");
  expect(text).not.toContain("you: 3: xxx");
  expect(text).toContain("agentx: ```\nred\n````");
  expect(text).toMatch(/^Do it\.\n\nYou have worked on this before[^]*still in the worktree[^]*Now\.$/);
});

test("the tools of a built-in worker are named, their output is not", () => {
  const call = { id: "1", name: "shell", input: {} };
  const since: Message[] = [
    { role: "assistant", text: "", toolCalls: [call], native: null },
    { role: "tool", results: [{ id: "1", name: "shell", text: "SECRET", isError: false }] },
  ];
  const text = renderAccount({ opening: "Do it.", since, news: "" });
  expect(text).toContain("you: → shell");
  expect(text).not.toContain("SECRET");
});

const usage = (
  inputTokens: number,
  outputTokens: number,
): Parameters<ReturnType<typeof createUsageMeter>>[0]["usage"] => ({
  inputTokens,
  outputTokens,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
});

test("calls are counted as they come, totals by their difference and for each model", () => {
  let clock = 0;
  const meter = createUsageMeter({ vendor: "openai", model: null, now: () => (clock += 10) });
  const call = { type: "used", scope: "call", model: "gpt", usd: 1 } as const;
  const total = { ...call, scope: "total" } as const;
  expect(meter({ ...call, usage: usage(5, 1) })).toEqual({
    model: "openai/gpt",
    usage: usage(5, 1),
    usd: 1,
    ms: 10,
  });
  expect(meter({ ...call, usage: usage(5, 1) })?.usage).toEqual(usage(5, 1));
  expect(meter({ ...total, usage: usage(9, 2) })?.usage).toEqual(usage(9, 2));
  expect(meter({ ...total, usage: usage(19, 2), usd: 1.5 })).toMatchObject({ usage: usage(10, 0), usd: 0.5 });
  expect(meter({ ...total, usage: usage(19, 2), usd: 1.5 })).toBeNull();
  expect(meter({ ...total, model: "x/mini", usage: usage(3, 3), usd: null })).toMatchObject({
    model: "x/mini",
    usage: usage(3, 3),
    usd: null,
  });
});

test("a model without a name is the one that was asked for", () => {
  const now = (): number => 0;
  const told = { type: "used", scope: "call", model: null, usage: usage(1, 1), usd: null } as const;
  expect(createUsageMeter({ vendor: "pi", model: null, now })(told)?.model).toBe("pi/unknown");
  expect(createUsageMeter({ vendor: "pi", model: "openai/gpt", now })(told)?.model).toBe("openai/gpt");
});

test("whose a guest's own model is", () => {
  expect(vendorOf("codex", ["openai"])).toBe("openai");
  expect(vendorOf("codex", ["openai", "openai-chat"])).toBe("openai");
  expect(vendorOf("pi", ["openai-chat", "anthropic"])).toBe("pi");
  expect(vendorOf("mine", [])).toBe("mine");
});

const spec: AgentSpec = {
  type: "acp",
  command: "x",
  args: [],
  model: null,
  prompt: "",
  credentials: "gateway",
  web: false,
  env: {},
};
const apiOf = (id: string): "google" | "openai" | null =>
  id.startsWith("google/") ? "google" : id.startsWith("openai/") ? "openai" : null;

test("models that a guest may be started with", () => {
  const ids = (
    changes: Partial<AgentSpec>,
    apis: readonly ("google" | "openai")[],
    wanted: string[],
  ): unknown => {
    const chosen = chooseModels(wanted, {
      name: "x",
      spec: { ...spec, ...changes } as AgentSpec,
      guest: { apis },
      apiOf,
    });
    return chosen.type === "models"
      ? chosen.models.map((one) => one && `${one.api} ${one.name}`)
      : chosen.failure.reason;
  };
  const wanted = ["openai/a", "google/g/b", "scripted/c"];
  expect(ids({}, ["google"], wanted)).toEqual(["google g/b"]);
  expect(ids({}, [], wanted)).toEqual(["openai a", "google g/b"]);
  expect(ids({ model: "google/z" }, [], wanted)).toEqual(["google z"]);
  expect(ids({}, [], [])).toBe(
    "x speaks any protocol of the gateway, and no model for it was named: none at all",
  );
  expect(ids({ credentials: "own" }, ["google"], wanted)).toEqual([null]);
  expect(ids({ credentials: "own", model: "vendor/z" }, ["google"], wanted)).toEqual(["google z"]);
});

test.each(roles)("the rules of the role %s fit a guest", async (role) => {
  const asking = await renderGuestSystem({ role, tools: ["ask"], submit: null });
  expect(asking).toMatch(/agentx ask "question"[^]*agentx notes/);
  for (const alien of ["all finish", "to finish", "submit_", "ask tool", "{{"])
    expect(asking).not.toContain(alien);
  const submit = { tool: { name: "t", description: "", parameters: {} }, check: () => null };
  const silent = await renderGuestSystem({ role, tools: [], submit });
  expect(silent).toContain("Nobody can be asked");
  expect(silent).toContain("JSON object");
  expect(asking.length).toBeLessThan(5_500);
});
