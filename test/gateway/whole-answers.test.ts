import { afterEach, expect, it } from "vitest";
import { startModelServer, type ModelServer } from "../model-server/server.ts";
import { aSession, endAll, endings, realKey } from "./a-gateway.ts";

afterEach(endAll);

const usage = { inputTokens: 100, cacheReadTokens: 40, cacheWriteTokens: 0, outputTokens: 30 };
const messages = [{ role: "user", content: "Hi" }];

const calls = [
  [
    "/anthropic/v1/messages?beta=true&key=x",
    { model: "claude-haiku-5", messages },
    "anthropic/claude-haiku-5",
  ],
  ["/openai/v1/responses", { model: "gpt-5.5", input: "Hi" }, "openai/gpt-5.5"],
  ["/openai/v1/chat/completions", { model: "small", messages }, "ollama/small"],
  [
    "/google/v1beta/models/gemini-3.5-flash-lite:generateContent?key=x",
    { contents: [{ role: "user", parts: [{ text: "Hi" }] }] },
    "google/gemini-3.5-flash-lite",
  ],
] as const;

async function serve(): Promise<ModelServer> {
  const server = await startModelServer({ reply: () => ({ say: "ok", usage }), key: realKey });
  endings.push(server.close);
  return server;
}

it.each(calls)("meters a whole answer from %s, of a model that is not listed too", async (path, body, id) => {
  const server = await serve();
  const session = await aSession(server);
  const response = await fetch(session.base + path, { method: "POST", body: JSON.stringify(body) });
  expect(response.status).toBe(200);
  await response.json();
  expect(session.told).toMatchObject([{ model: id, usage, usd: 0.17 }]);
  expect(server.requests[0]?.path).not.toContain("key=");
});

it("asks a stream of Chat Completions for its usage, and keeps the other options", async () => {
  const server = await serve();
  const session = await aSession(server);
  const body = { model: "qwen3:8b", messages, stream: true, stream_options: { include_obfuscation: false } };
  const url = `${session.base}/openai/v1/chat/completions`;
  await (await fetch(url, { method: "POST", body: JSON.stringify(body) })).text();
  expect(JSON.parse(server.requests[0]?.body ?? "")).toEqual({
    ...body,
    stream_options: { include_obfuscation: false, include_usage: true },
  });
  expect(session.told).toMatchObject([{ usage }]);
});

it("leaves every other body as it came, byte for byte", async () => {
  const server = await serve();
  const session = await aSession(server);
  const body = `{ "model":"claude-opus-5-5",  "temperature": 1.0, "metadata": { "big": 12345678901234567890 }, "messages":[{"role":"user","content":"ä\\u00e4"}]}`;
  await (await fetch(`${session.base}/anthropic/v1/messages`, { method: "POST", body })).text();
  expect(server.requests[0]?.body).toBe(body);
});

it("does not count what counts tokens", async () => {
  const server = await serve();
  const session = await aSession(server, { limits: { turns: 0, tokens: null, usd: null } });
  for (const path of [
    "/anthropic/v1/messages/count_tokens?beta=true",
    "/google/v1beta/models/gemini-3.8-flash:countTokens",
  ]) {
    const body = JSON.stringify({ model: "claude-opus-5-5", messages });
    await (await fetch(session.base + path, { method: "POST", body })).text();
  }
  expect(server.requests.map(({ path }) => path)).toEqual([
    "/v1/messages/count_tokens?beta=true",
    "/v1beta/models/gemini-3.8-flash:countTokens",
  ]);
  expect(session.calls()).toBe(0);
  expect(session.told).toEqual([]);
});

it("refuses a protocol that no model of the session is spoken to in, and names what is allowed", async () => {
  const server = await serve();
  const models = [
    {
      id: "anthropic/claude-opus-5-5",
      provider: "anthropic",
      name: "claude-opus-5-5",
      api: "anthropic" as const,
      baseUrl: server.url,
      key: realKey,
    },
  ];
  const session = await aSession(server, { models });
  const body = JSON.stringify({ model: "gpt-5.5", input: "Hi" });
  const response = await fetch(`${session.base}/openai/v1/responses`, { method: "POST", body });
  expect(response.status).toBe(404);
  expect(await response.text()).toContain("anthropic/claude-opus-5-5");
  expect(server.requests).toEqual([]);
});
