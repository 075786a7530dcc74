import { expect, test } from "vitest";
import { AgentxError } from "../../../src/core/error.ts";
import { ModelError, type ModelErrorKind } from "../../../src/models/model.ts";
import { lastResults, openBench } from "./a-job.ts";
import { call, finishes, listModel, reply } from "./a-model.ts";

test.each([
  ["an unknown tool", call("delete_all", {}), /there is no tool "delete_all"; there are read, search/],
  ["arguments that are no JSON", call("read", {}, { invalid: '{"path": ' }), /not a JSON object: \{"path":/],
  ["wrong arguments", call("read", { file: "a" }), /read: wrong arguments\n.*path/s],
  ["a file that is not there", call("read", { path: "gone.txt" }), /gone\.txt/],
  ["a pattern that is none", call("search", { pattern: "(" }), /Invalid regular expression/],
  ["a tool that the job does not have", call("submit_plan", {}), /there is no tool/],
  ["a finish without a note", call("finish", {}), /finish: wrong arguments/],
  ["a question without words", call("ask", { question: " " }), /ask: wrong arguments/],
  ["a finish that is no JSON", call("finish", {}, { invalid: "{" }), /not a JSON object/],
])("%s is an error result for the model, and the work goes on", async (_, wrong, text) => {
  await using bench = await openBench();
  const model = listModel([reply([wrong]), finishes("went on")]);
  expect(await bench.work([model])).toEqual({ type: "finished", note: "went on" });
  expect(model.requests[1]?.messages.at(-1)).toMatchObject({
    role: "tool",
    results: [{ id: wrong.id, isError: true, text: expect.stringMatching(text) }],
  });
});

test("null for an argument that may be left out is no mistake", async () => {
  await using bench = await openBench({ "a.txt": "x\n" });
  const model = listModel([reply([call("read", { path: "a.txt", offset: null, limit: null })]), finishes()]);
  await bench.work([model]);
  expect(bench.messages[2]).toMatchObject({ results: [{ text: "1\tx", isError: false }] });
});

test("ids that are missing or used twice are made unique, and a stammered call runs once", async () => {
  await using bench = await openBench({ "a.txt": "x\n" });
  const twice = { id: "same", name: "read", input: { path: "a.txt" } };
  const other = { id: "same", name: "list", input: {} };
  const model = listModel([reply([twice, { ...twice }, other, call("list", {}, { id: "" })]), finishes()]);
  await bench.work([model]);
  const ids = bench.messages[2]?.role === "tool" ? bench.messages[2].results.map(({ id }) => id) : [];
  expect(ids).toEqual(["same", "same_x2", "call_x3"]);
});

test("a megabyte of arguments is refused, and not kept in the conversation", async () => {
  await using bench = await openBench();
  const huge = call("write", { path: "a", content: "x".repeat(1024 * 1024) });
  const model = listModel([reply([huge]), finishes()]);
  await bench.work([model]);
  expect(lastResults(bench.messages.slice(0, 3))[0]).toMatchObject({ isError: true });
  expect(JSON.stringify(bench.messages).length).toBeLessThan(5000);
});

test("the same call again and again is warned of at four and ends the attempt at eight", async () => {
  await using bench = await openBench();
  const model = listModel(Array.from({ length: 9 }, () => reply([call("list", {})])));
  expect(await bench.work([model])).toMatchObject({
    type: "failed",
    failure: { kind: "agent", reason: "the model made the same call 8 times in a row: list" },
  });
  const warned = model.requests.findIndex(({ messages }) =>
    JSON.stringify(messages).includes("several times in a row"),
  );
  expect(warned).toBe(4);
  expect(model.requests).toHaveLength(8);
});

test.each(["auth", "not-found", "quota", "overloaded", "network", "bad-request"] satisfies ModelErrorKind[])(
  "a model that is out of reach (%s) gives way to the next for the rest of the work",
  async (kind) => {
    await using bench = await openBench();
    const first = listModel([new ModelError(kind, "list/a", { message: "no" })], "list/a");
    const second = listModel([reply([call("list", {})]), finishes("by the second")], "list/b");
    expect(await bench.work([first, second])).toMatchObject({ note: "by the second" });
    expect(bench.activities[0]).toBe(`list/a: ${kind}: no; goes on with list/b`);
    expect(first.requests).toHaveLength(1);
    expect(bench.calls.map(({ model }) => model)).toEqual(["list/b", "list/b"]);
  },
);

test("when no model is left the failure names every one and what to do", async () => {
  await using bench = await openBench();
  const models = ["list/a", "list/b"].map((id) =>
    listModel([new ModelError("auth", id, { message: "bad key" })], id),
  );
  expect(await bench.work(models)).toEqual({
    type: "failed",
    failure: {
      kind: "provider",
      reason: "list/a: auth: bad key; list/b: auth: bad key",
      hint: expect.stringContaining("to a key that is valid"),
    },
  });
});

test.each([
  ["not-found", "mend the name"],
  ["quota", "add credit"],
  ["network", "the address can be reached"],
] as const)("a model that is out of reach (%s) leaves the hint that fits: %s", async (kind, hint) => {
  await using bench = await openBench();
  const model = listModel([new ModelError(kind, "list/a", { message: "no" })]);
  expect(await bench.work([model])).toMatchObject({ failure: { hint: expect.stringContaining(hint) } });
});

test.each([
  ["context-length", "limit"],
  ["bad-request", "agent"],
] as const)(
  "a %s of every model is this task's own trouble and does not hold the run",
  async (kind, failure) => {
    await using bench = await openBench();
    const model = listModel([new ModelError(kind, "list/a", { message: "too much" })]);
    expect(await bench.work([model])).toMatchObject({ failure: { kind: failure } });
  },
);

test("a model that cannot be opened is out of reach like any other", async () => {
  await using bench = await openBench();
  const locked = {
    ...listModel([], "list/locked"),
    call: () => Promise.reject(new AgentxError("NO_KEY", { where: "", what: "NO_KEY is not set", hint: "" })),
  };
  expect(await bench.work([locked, listModel([finishes()], "list/b")])).toMatchObject({ type: "finished" });
});

test("a sandbox that broke is the machine's fault, not the model's", async () => {
  await using bench = await openBench();
  const list = (): Promise<never> => Promise.reject(new Error("the sandbox has ended"));
  const result = await bench.work([listModel([reply([call("list", {})])])], {
    sandbox: { ...bench.job.sandbox, list },
  });
  expect(result).toMatchObject({
    failure: { kind: "setup", reason: "a tool could not be run: list: the sandbox has ended" },
  });
});
