import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ToolCall } from "../../../src/models/model.ts";
import type { Limits } from "../../../src/core/run-settings.ts";
import { openBench, lastResults } from "./a-job.ts";
import { call, finishes, listModel, reply, says } from "./a-model.ts";

test("a worker reads, edits, runs and finishes, and each step is told in a few words", async () => {
  await using bench = await openBench({ "src/cart.ts": "export const total = 1;\n" });
  const model = listModel([
    reply([call("read", { path: "src/cart.ts" })]),
    reply([call("edit", { path: "src/cart.ts", old_text: "total = 1", new_text: "total = 2" })]),
    reply([call("shell", { command: "cat src/cart.ts" })]),
    finishes("total is 2"),
  ]);
  expect(await bench.work([model])).toEqual({ type: "finished", note: "total is 2" });
  expect(await readFile(join(bench.root, "src/cart.ts"), "utf8")).toBe("export const total = 2;\n");
  expect(bench.activities).toEqual(["reads src/cart.ts", "edits src/cart.ts +1 −1", "runs cat src/cart.ts"]);
  expect(bench.calls).toHaveLength(4);
  expect(bench.calls[0]).toMatchObject({ model: "list/a", usd: 0.01, usage: { inputTokens: 100 } });
});

test("each request begins with the one before it, byte for byte", async () => {
  await using bench = await openBench({ "a.txt": "a\n" });
  const notes = [[], ["mind the tabs"], []];
  const model = listModel([
    reply([call("read", { path: "a.txt" }), call("nothing", {})]),
    says("I think I am done."),
    reply([call("list", {})], { stop: "length" }),
    finishes(),
  ]);
  await bench.work([model], { takeNotes: () => notes.shift() ?? [] });
  const bodies = model.requests.map(({ messages }) => JSON.stringify(messages).slice(0, -1));
  for (const [index, body] of bodies.slice(1).entries())
    expect(body.startsWith(bodies[index] ?? "?")).toBe(true);
  expect(new Set(model.requests.map(({ system, tools }) => JSON.stringify([system, tools]))).size).toBe(1);
});

test("a note of the person reaches the model before its next turn", async () => {
  await using bench = await openBench();
  const notes = [[], ["use tabs"]];
  const model = listModel([reply([call("list", {})]), finishes()]);
  await bench.work([model], { takeNotes: () => notes.shift() ?? [] });
  expect(model.requests[1]?.messages.at(-1)).toEqual({
    role: "user",
    text: "Note from the person: use tabs",
  });
});

test("reading calls of one message run at once, the others in order", async () => {
  await using bench = await openBench({ "a.txt": "1\n" });
  const model = listModel([
    reply([
      call("read", { path: "a.txt" }),
      call("search", { pattern: "1" }),
      call("write", { path: "a.txt", content: "2\n" }),
      call("shell", { command: "cat a.txt" }),
      call("read", { path: "a.txt" }),
    ]),
    finishes(),
  ]);
  await bench.work([model]);
  const texts = bench.messages[2]?.role === "tool" ? bench.messages[2].results.map(({ text }) => text) : [];
  expect(texts[0]).toBe("1\t1");
  expect(texts[1]).toBe("a.txt:1: 1");
  expect(texts[3]).toMatch(/^exit 0 after [\d.]+ s\n2$/);
  expect(texts[4]).toBe("1\t2");
});

test("words alone end nothing: the model is reminded twice in each attempt, then its words are the note", async () => {
  await using bench = await openBench();
  const model = listModel([says("Done."), says("Really done."), says("It is done.")]);
  expect(await bench.work([model])).toEqual({ type: "finished", note: "It is done." });
  expect(model.requests).toHaveLength(3);
  const next = listModel([says("I see."), says("I mend it."), finishes("mended")]);
  const prompt = "The gates are red.";
  expect(await bench.work([next], { prompt })).toEqual({ type: "finished", note: "mended" });
});

test("a reply that was cut off is no end, however often", async () => {
  await using bench = await openBench();
  const cut = reply([], { text: "long", stop: "length" });
  const model = listModel([cut, cut, cut, finishes("in pieces")]);
  expect(await bench.work([model])).toEqual({ type: "finished", note: "in pieces" });
  expect(model.requests.at(-1)?.messages.at(-1)).toMatchObject({ text: expect.stringContaining("cut off") });
});

test("a refusal fails the attempt with the model's words", async () => {
  await using bench = await openBench();
  const model = listModel([reply([], { text: "I cannot help with that.", stop: "refusal" })]);
  expect(await bench.work([model])).toMatchObject({
    type: "failed",
    failure: { kind: "agent", reason: "the model declined: I cannot help with that." },
  });
});

test("edits and finish in one message: the edits are made, and finish counts when all of them worked", async () => {
  await using bench = await openBench({ "a.txt": "one\n" });
  const edit = (old_text: string): ToolCall => call("edit", { path: "a.txt", old_text, new_text: "two" });
  const model = listModel([
    reply([edit("missing"), call("finish", { note: "too early" })]),
    reply([edit("one"), call("finish", { note: "now" }), call("ask", { question: "or not?" })]),
  ]);
  expect(await bench.work([model])).toEqual({ type: "finished", note: "now" });
  expect(lastResults(bench.messages).map(({ isError }) => isError)).toEqual([false, false, true]);
});

test("a question waits for the person, and the answer comes as the result of the call", async () => {
  await using bench = await openBench();
  const ask = call("ask", { question: "Tabs or spaces?", options: ["tabs", "spaces"], default: "tabs" });
  const first = listModel([reply([ask, call("finish", { note: "?" })])]);
  expect(await bench.work([first])).toEqual({
    type: "asked",
    text: "Tabs or spaces?",
    options: ["tabs", "spaces"],
    default: "tabs",
  });
  const answer = "You asked: Tabs or spaces?\nThe person answers: tabs";
  const second = listModel([finishes("tabs it is")]);
  expect(await bench.work([second], { prompt: answer })).toEqual({ type: "finished", note: "tabs it is" });
  const results = second.requests[0]?.messages.at(-1);
  expect(results).toMatchObject({
    role: "tool",
    results: [{ id: ask.id, text: answer, isError: false }, { isError: true }],
  });
});

test("a question beside other work is sent back, so that the model sees that work first", async () => {
  await using bench = await openBench();
  const model = listModel([
    reply([call("list", {}), call("ask", { question: "Why?" })]),
    reply([call("ask", { question: "Why?" })]),
  ]);
  expect(await bench.work([model])).toMatchObject({ type: "asked", text: "Why?" });
  expect(lastResults(bench.messages)[1]?.text).toContain("alone");
});

const verdictTool = { name: "submit_verdict", description: "", parameters: { type: "object" } };

test("a job that ends in data goes on until the data holds", async () => {
  await using bench = await openBench();
  const check = (value: unknown): string | null =>
    JSON.stringify(value) === '{"ok":true}' ? null : "ok must be true";
  const submit = { tool: verdictTool, check };
  const model = listModel([
    reply([call("submit_verdict", { ok: 1 })]),
    reply([call("submit_verdict", { ok: true })]),
  ]);
  const result = await bench.work([model], { submit, tools: ["read"] });
  expect(result).toEqual({ type: "submitted", value: { ok: true }, model: "list/a" });
  expect(model.requests[0]?.tools.map(({ name }) => name)).toEqual(["read", "submit_verdict"]);
});

test("a job that must end in data is made to at last, and fails when it does not", async () => {
  await using bench = await openBench();
  const submit = { tool: verdictTool, check: () => null };
  const model = listModel([says("Looks good."), says("Approved!"), says("LGTM")]);
  expect(await bench.work([model], { submit, tools: [] })).toMatchObject({
    failure: { kind: "agent", reason: "the model ended without calling submit_verdict" },
  });
  expect(model.requests.map(({ mustCall }) => mustCall)).toEqual([null, null, "submit_verdict"]);
});

const limits: Limits = { turns: 30, tokens: null, usd: null, ms: 60_000, stallMs: 20_000 };
const lists = (count: number): ReturnType<typeof reply>[] =>
  Array.from({ length: count }, (_, index) => reply([call("list", { depth: 1 + (index % 2) })]));

test.each([
  ["turns", { turns: 5 }, { reason: /5 turns/, calls: 5 }],
  ["tokens", { tokens: 300 }, { reason: /330 of 300 tokens/, calls: 3 }],
  ["money", { usd: 0.02 }, { reason: /\$0\.02 of \$0\.02/, calls: 2 }],
])("an attempt ends at its limit of %s, at most one call past it", async (_, change, { reason, calls }) => {
  await using bench = await openBench();
  const result = await bench.work([listModel(lists(10))], { limits: { ...limits, ...change } });
  expect(result).toMatchObject({
    type: "failed",
    failure: { kind: "limit", reason: expect.stringMatching(reason) },
  });
  expect(bench.calls).toHaveLength(calls);
});

test("with two turns left the model is told to bring the work to an end, once", async () => {
  await using bench = await openBench();
  const model = listModel(lists(4));
  await bench.work([model], { limits: { ...limits, turns: 4 } });
  const told = model.requests.map(
    ({ messages }) => messages.filter((message) => message.role === "user").length,
  );
  expect(told).toEqual([1, 1, 2, 2]);
});

test("a call whose price is not known is said where money is limited, once", async () => {
  await using bench = await openBench();
  const model = listModel([reply([call("list", {})], { usd: null }), { ...finishes(), usd: null }]);
  await bench.work([model], { limits: { ...limits, usd: 1 } });
  expect(bench.activities.filter((text) => text.includes("no known price"))).toHaveLength(1);
});

test("a model that babbles without end is stopped by the clock", async () => {
  await using bench = await openBench();
  const babble = listModel([
    ({ onProgress }) => new Promise(() => void setInterval(() => onProgress("and"), 20).unref()),
  ]);
  const result = await bench.work([babble], { limits: { ...limits, ms: 300, stallMs: 200 } });
  expect(result).toMatchObject({ failure: { kind: "limit", reason: "the attempt took longer than 0.3 s" } });
});

test("silence of the model is a stall, and slow progress is none", async () => {
  await using bench = await openBench();
  const slow = listModel([
    async ({ onProgress }) => {
      for (let step = 0; step < 12; step += 1) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        onProgress(".");
      }
      return finishes("slow and steady");
    },
  ]);
  const quick = { ...limits, stallMs: 300 };
  expect(await bench.work([slow], { limits: quick })).toMatchObject({ note: "slow and steady" });
  const silent = listModel([() => new Promise(() => {})], "list/silent");
  expect(await bench.work([silent], { limits: quick, prompt: "again" })).toMatchObject({
    failure: { kind: "stall", reason: "no sign of life from list/silent for 0.3 s" },
  });
});

test("a command that says nothing is stopped before the attempt counts as stalled", async () => {
  await using bench = await openBench();
  const model = listModel([reply([call("shell", { command: "echo begun; sleep 30" })]), finishes()]);
  expect(await bench.work([model], { limits: { ...limits, stallMs: 800 } })).toMatchObject({
    type: "finished",
  });
  expect(JSON.stringify(bench.messages)).toContain("it said nothing for too long");
});

test("an abort from outside is thrown, not told as a failure", async () => {
  await using bench = await openBench();
  const stop = new AbortController();
  const reason = new Error("canceled by the person");
  const model = listModel([
    () => {
      stop.abort(reason);
      return new Promise(() => {});
    },
  ]);
  await expect(bench.work([model], { signal: stop.signal })).rejects.toBe(reason);
});

test("long outputs are sent again only in part: less than a third of what whole ones would be", async () => {
  await using bench = await openBench();
  const outputs = Array.from({ length: 10 }, (_, step) => `echo step ${step + 1}; seq 1 4000`);
  const model = listModel([...outputs.map((command) => reply([call("shell", { command })])), finishes()]);
  await bench.work([model]);
  const sizes = model.requests.map(
    ({ system, messages, tools }) => JSON.stringify([system, tools, messages]).length,
  );
  const whole = Array.from({ length: 4000 }, (_, index) => `${index + 1}\\n`).join("").length;
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  expect(sizes).toHaveLength(11);
  expect(sum(sizes) / sum(sizes.map((_, turn) => (sizes[0] ?? 0) + turn * whole))).toBeLessThan(0.3);
});
