import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { DEFAULT_REQUEST_TIMEOUT_MSEC } from "@modelcontextprotocol/sdk/shared/protocol.js";
import { expect, onTestFinished, test, vi } from "vitest";
import { openDesk, type DeskBench } from "./a-desk.ts";

async function connect(desk: DeskBench): Promise<Client & AsyncDisposable> {
  const client = new Client({ name: "test", version: "1" });
  const transport = new StreamableHTTPClientTransport(new URL(`${desk.url}/mcp`));
  await client.connect(transport as Parameters<Client["connect"]>[0]);
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

test("the worker's tools are offered, and ask only where somebody answers", async () => {
  await using desk = await openDesk();
  await using client = await connect(desk);
  expect(client.getServerVersion()?.name).toBe("agentx");
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name).sort()).toEqual(["ask", "notes"]);
  expect(tools.find(({ name }) => name === "ask")?.inputSchema.required).toEqual(["question"]);

  await using silent = await openDesk({ mayAsk: false });
  await using other = await connect(silent);
  expect((await other.listTools()).tools.map(({ name }) => name)).toEqual(["notes"]);
});

test("ask waits for the answer", async () => {
  await using desk = await openDesk();
  await using client = await connect(desk);
  const call = client.callTool({ name: "ask", arguments: { question: "Which?", options: ["a", "b"] } });
  expect(await desk.questions.opened()).toEqual({ text: "Which?", options: ["a", "b"], default: null });
  desk.questions.answer("b");
  expect((await call).content).toEqual([{ type: "text", text: "b" }]);
});

test("notes gives what is new", async () => {
  await using desk = await openDesk();
  await using client = await connect(desk);
  desk.notes.push("Hurry.", "In red.");
  const take = async (): Promise<unknown> =>
    (await client.callTool({ name: "notes", arguments: {} })).content;
  expect(await take()).toEqual([{ type: "text", text: "Hurry.\n\nIn red." }]);
  expect(await take()).toEqual([{ type: "text", text: "There are no new notes." }]);
});

test("wrong arguments are an error that says what", async () => {
  await using desk = await openDesk();
  await using client = await connect(desk);
  const result = await client.callTool({ name: "ask", arguments: { question: " " } });
  expect(result.isError).toBe(true);
  expect(JSON.stringify(result.content)).toContain("question");
});

test("a client that gave up and asks again in the same words gets the answer of the one question", async () => {
  await using desk = await openDesk();
  await using client = await connect(desk);
  const ask = { name: "ask", arguments: { question: "Which?" } };
  await expect(client.callTool(ask, undefined, { timeout: 100 })).rejects.toThrow(/timed out/i);
  const again = client.callTool(ask);
  await new Promise((resolve) => setTimeout(resolve, 100));
  desk.questions.answer("this");
  expect((await again).content).toEqual([{ type: "text", text: "this" }]);
});

test("an answer that came after a client had given up is not lost", async () => {
  await using desk = await openDesk();
  await using client = await connect(desk);
  const ask = { name: "ask", arguments: { question: "Which?" } };
  await expect(client.callTool(ask, undefined, { timeout: 100 })).rejects.toThrow(/timed out/i);
  await new Promise((resolve) => setTimeout(resolve, 100));
  desk.questions.answer("this");
  expect((await client.callTool(ask)).content).toEqual([{ type: "text", text: "this" }]);
  expect(desk.questions.takeUnheard()).toEqual([]);
});

test("a client that asked for progress is told in time that its question waits", async () => {
  expect(DEFAULT_REQUEST_TIMEOUT_MSEC).toBe(60_000);
  await using desk = await openDesk();
  await using client = await connect(desk);
  // What the client does when it is told is the SDK's; here it is when, and that the client knows it for its own.
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const told: (string | undefined)[] = [];
  const isTold = Promise.withResolvers<void>();
  const call = client.callTool({ name: "ask", arguments: { question: "Which?" } }, undefined, {
    onprogress: ({ message }) => {
      told.push(message);
      isTold.resolve();
    },
  });
  await desk.questions.opened();
  vi.advanceTimersByTime(12_000);
  await isTold.promise;
  vi.advanceTimersByTime(3_000);
  desk.questions.answer("this");
  expect((await call).content).toEqual([{ type: "text", text: "this" }]);
  expect(told).toEqual(["waits for the person"]);
});

test("only POST with JSON is served", async () => {
  await using desk = await openDesk();
  expect((await fetch(`${desk.url}/mcp`)).status).toBe(405);
  expect((await fetch(`${desk.url}/mcp`, { method: "POST", body: "{" })).status).toBe(400);
});
