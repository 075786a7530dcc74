import { expect, test } from "vitest";
import type { Message, Model, ModelReply } from "../../../src/models/model.ts";
import { openBench, type Bench } from "./a-job.ts";
import { call, finishes, listModel, reply, says, type ListModel } from "./a-model.ts";

/** What providers insist on: the calls of a message are answered, all and only they, by the message after it. */
function expectProtocol(messages: readonly Message[]): void {
  for (const [index, message] of messages.entries()) {
    const asked = message.role === "assistant" ? message.toolCalls.map(({ id }) => id) : [];
    const next = messages[index + 1];
    const answered = next?.role === "tool" ? next.results.map(({ id }) => id) : [];
    expect(answered).toEqual(asked);
  }
}

/** A model whose turn follows from the conversation, as with a script: what a resumed attempt meets. */
function turnsModel(turns: readonly ModelReply[]): ListModel {
  const base = listModel([]);
  const callModel: Model["call"] = async (request) => {
    expectProtocol(request.messages);
    const done = request.messages.filter((message) => message.role === "assistant").length;
    return turns[done] ?? says("nothing is left to say");
  };
  return { ...base, call: callModel };
}

const turns = [
  reply([call("write", { path: "a.txt", content: "1\n" }), call("read", { path: "a.txt" })]),
  reply([call("list", {})]),
  says("Now I am done."),
  finishes("resumed"),
];

async function resumeWith(bench: Bench, messages: readonly Message[]): Promise<unknown> {
  bench.messages.splice(0, bench.messages.length, ...messages);
  return bench.work([turnsModel(turns)]);
}

test("a process that dies after any message goes on to the same end with the same conversation", async () => {
  await using bench = await openBench();
  expect(await bench.work([turnsModel(turns)])).toEqual({ type: "finished", note: "resumed" });
  const whole = structuredClone(bench.messages);
  for (let length = 0; length <= whole.length; length += 1) {
    expect(await resumeWith(bench, whole.slice(0, length))).toEqual({ type: "finished", note: "resumed" });
    expect(bench.messages).toEqual(whole);
  }
});

test("a command that was under way when the process died is not run again unasked", async () => {
  await using bench = await openBench();
  bench.messages.push(
    { role: "user", text: bench.job.prompt },
    reply([call("shell", { command: "touch twice" })]).message,
  );
  const model = listModel([reply([call("list", {})]), finishes()]);
  await bench.work([model]);
  expect(model.requests[0]?.messages.at(-1)).toMatchObject({
    results: [{ isError: true, text: expect.stringContaining("interrupted") }],
  });
  expect(JSON.stringify(model.requests[1]?.messages.at(-1))).not.toContain("twice");
});

test("the next attempt in the same conversation closes what the last one left open", async () => {
  await using bench = await openBench();
  bench.messages.push(
    { role: "user", text: bench.job.prompt },
    reply([call("shell", { command: "make" })]).message,
  );
  const model = listModel([finishes()]);
  await bench.work([model], { prompt: "Attempt 2. Your last attempt ended early." });
  expectProtocol(bench.messages);
  expect(model.requests[0]?.messages.at(-1)).toEqual({
    role: "user",
    text: "Attempt 2. Your last attempt ended early.",
  });
});

test("after a finish the next prompt starts new work instead of finishing again", async () => {
  await using bench = await openBench();
  await bench.work([listModel([finishes("first")])]);
  expect(await bench.work([listModel([])])).toEqual({ type: "finished", note: "first" });
  const next = await bench.work([listModel([finishes("second")])], {
    prompt: "Attempt 2. The gates are red.",
  });
  expect(next).toEqual({ type: "finished", note: "second" });
});

test("a question whose asking was lost is asked again; it does not get an older prompt as its answer", async () => {
  await using bench = await openBench();
  const ask = (question: string): ModelReply => reply([call("ask", { question })]);
  await bench.work([listModel([ask("Which port?")])]);
  expect(await bench.work([listModel([])])).toMatchObject({ type: "asked", text: "Which port?" });
  const answer = "You asked: Which port?\nThe person answers: 80";
  expect(await bench.work([listModel([ask("Which host?")])], { prompt: answer })).toMatchObject({
    text: "Which host?",
  });
  expect(await bench.work([listModel([])], { prompt: answer })).toMatchObject({ text: "Which host?" });
  expectProtocol(bench.messages.slice(0, -1));
});

test("an answered question that is resumed is not answered twice", async () => {
  await using bench = await openBench();
  await bench.work([listModel([reply([call("ask", { question: "Which port?" })])])]);
  const prompt = "You asked: Which port?\nThe person answers: 80";
  const died = listModel([reply([call("list", {})]), new Error("the process died")]);
  await expect(bench.work([died], { prompt })).rejects.toThrow("died");
  expect(await bench.work([listModel([finishes("80")])], { prompt })).toMatchObject({ note: "80" });
  expect(bench.messages.filter((message) => message.role === "user")).toHaveLength(1);
  expectProtocol(bench.messages);
});

test("the same question asked again gets its answer again", async () => {
  await using bench = await openBench();
  const ask = (): ModelReply => reply([call("ask", { question: "Ready?" })]);
  const prompt = "You asked: Ready?\nThe person answers: yes";
  await bench.work([listModel([ask()])]);
  await bench.work([listModel([ask()])], { prompt });
  expect(await bench.work([listModel([finishes("ready")])], { prompt })).toMatchObject({ note: "ready" });
});

test("turns are counted over a restart", async () => {
  await using bench = await openBench();
  const limits = { ...bench.job.limits, turns: 3 };
  const lists = (): ModelReply => reply([call("list", { depth: bench.messages.length + 1 })]);
  await expect(bench.work([listModel([lists(), lists(), new Error("died")])], { limits })).rejects.toThrow(
    "died",
  );
  const rest = listModel([lists(), lists()]);
  expect(await bench.work([rest], { limits })).toMatchObject({ failure: { kind: "limit" } });
  expect(rest.requests).toHaveLength(1);
});
